export { refuseProtectedProcess, refuseProtectedProgram } from './process.ts'
export { isRemoteDesk, ruleOfProgram } from './programs.ts'
export {
  protectedTrees,
  refusal,
  refuseControllersHost,
  refuseProtectedAccount,
  refuseProtectedName,
  refuseProtectedPath,
  refuseProtectedService,
  within,
} from './protections.ts'
