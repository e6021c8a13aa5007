export { lookAt } from './look.ts'
export { proofPage } from './page.ts'
export { isKept, isProved, KINDS, type Kind, PROOF_ACTION, PROOF_PARAMS, type Proof, type Trial } from './proof.ts'
export { runTrial } from './run-trial.ts'
