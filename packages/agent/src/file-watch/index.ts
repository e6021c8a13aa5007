export { stampsOf, watchFiles } from './file-watch.ts'
