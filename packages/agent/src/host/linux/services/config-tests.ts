/** How a program tests its own configuration: its name, and the command made from the arguments of the service. */
export interface ConfigTest {
  /** The whole name of the program, without its folder. */
  readonly program: RegExp
  /** The arguments of the test; null where these arguments cannot be tested. */
  readonly args: (given: readonly string[]) => readonly string[] | null
  /** The program that tests, where it is another one. */
  readonly by?: string
}

/** Options with a value that choose the configuration, as `-c FILE`, `-cFILE` or `--config=FILE`. */
function keep(given: readonly string[], options: readonly string[]): readonly string[] {
  const kept: string[] = []
  for (const [index, argument] of given.entries()) {
    const next = given[index + 1]
    if (options.includes(argument) && next !== undefined) kept.push(argument, next)
    else if (options.some((option) => argument !== option && argument.startsWith(attached(option)))) kept.push(argument)
  }
  return kept
}

function attached(option: string): string {
  return option.startsWith('--') ? `${option}=` : option
}

/** Where the option names the file, and the tester takes it as its last argument. */
function fileOf(given: readonly string[], option: string): readonly string[] {
  const [, file = null] = keep(given, [option])
  return file === null ? [] : [file]
}

/**
 * Known by the program of `ExecStart=`, never by the name of the unit. Each of these commands only reads: it parses the
 * configuration and ends.
 */
export const configTests: readonly ConfigTest[] = [
  {
    program: /^(?:nginx|openresty|angie)$/,
    args: (given) => ['-t', '-q', ...keep(given, ['-c', '-p', '-g', '-e'])],
  },
  { program: /^(?:apache2|httpd)$/, args: (given) => ['-t', ...keep(given, ['-f', '-d', '-D', '-c', '-C'])] },
  { program: /^(?:apachectl|apache2ctl)$/, args: () => ['configtest'] },
  { program: /^sshd$/, args: (given) => ['-t', ...keep(given, ['-f', '-o'])] },
  { program: /^haproxy$/, args: (given) => ['-c', ...keep(given, ['-f', '-C'])] },
  {
    program: /^named$/,
    by: 'named-checkconf',
    args: (given) => (given.includes('-t') ? null : fileOf(given, '-c')),
  },
  { program: /^unbound$/, by: 'unbound-checkconf', args: (given) => fileOf(given, '-c') },
  { program: /^postfix$/, args: (given) => [...keep(given, ['-c']), 'check'] },
  { program: /^slapd$/, args: (given) => ['-Tt', '-u', ...keep(given, ['-f', '-F'])] },
  { program: /^dovecot$/, by: 'doveconf', args: (given) => ['-n', ...keep(given, ['-c'])] },
  { program: /^smbd$/, by: 'testparm', args: (given) => ['-s', ...fileOf(given, '-s')] },
  { program: /^squid$/, args: (given) => [...keep(given, ['-f']), '-k', 'parse'] },
  { program: /^chronyd$/, args: (given) => ['-p', ...keep(given, ['-f'])] },
  { program: /^php-fpm[\d.]*$/, args: (given) => ['-t', ...keep(given, ['-y', '--fpm-config', '-c', '-p'])] },
  { program: /^rsyslogd$/, args: (given) => ['-N1', ...keep(given, ['-f'])] },
  { program: /^dnsmasq$/, args: (given) => ['--test', ...keep(given, ['-C', '--conf-file', '-7', '--conf-dir'])] },
  {
    // Debian starts dnsmasq with a helper, and has its own test before each start.
    program: /^systemd-helper$/,
    args: ([verb = 'exec']) => (verb === 'exec' ? ['checkconfig'] : null),
  },
  { program: /^lighttpd$/, args: (given) => ['-tt', ...keep(given, ['-f', '-m'])] },
]
