declare module 'postject' {
  /** Puts a resource into a copy of an executable. */
  export function inject(
    executable: string,
    resource: string,
    data: Buffer,
    options?: { readonly sentinelFuse?: string; readonly machoSegmentName?: string },
  ): Promise<void>
}
