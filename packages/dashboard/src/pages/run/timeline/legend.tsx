import marks from './marks.module.css'
import classes from './timeline.module.css'

const ITEMS = [
  { kind: 'stretch', mark: 'starting', text: 'starting' },
  { kind: 'stretch', mark: 'in place', text: 'failure in place' },
  { kind: 'stretch', mark: 'confirmed', text: 'confirmed' },
  { kind: 'stretch', mark: 'putting back', text: 'rolling back' },
  { kind: 'piece', mark: 'up', text: 'passing' },
  { kind: 'piece', mark: 'down', text: 'failing' },
  { kind: 'piece', mark: 'changing', text: 'changed in this time' },
  { kind: 'piece', mark: 'not evaluated', text: 'could not be checked' },
] as const

/** What the colours and patterns mean. */
export function TimelineLegend() {
  return (
    <ul className={classes.legend}>
      {ITEMS.map(({ kind, mark, text }) => (
        <li key={mark} className={classes.legendItem}>
          <span
            className={`${kind === 'stretch' ? marks.stretch : marks.piece} ${classes.swatch}`}
            data-stage={mark}
            data-status={mark}
            data-from="up"
            data-to="down"
            aria-hidden
          />
          {text}
        </li>
      ))}
    </ul>
  )
}
