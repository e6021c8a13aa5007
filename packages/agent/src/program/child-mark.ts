/** The environment variable that marks a child process of the agent and all that it starts, wherever that goes. */
export const markVariable = 'CHAOS_LITE_CHILD'
