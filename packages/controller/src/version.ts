/** The version of this controller. */
export const controllerVersion = '0.1.0'
