/** The version of this agent: named in every undo record and in the hello. */
export const agentVersion = '0.1.0'
