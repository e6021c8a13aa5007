/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  replaced:
    '{service} presents a certificate that expired 24 hours before the failure was started: same subject ({subject}), same names, the name of the same issuer.',
  signed:
    'It has a new private key ({kind}) and is signed with that key, because nobody but the issuer can sign as the issuer. Clients that verify certificates refuse it: some report that it expired, others that its issuer is unknown.',
  apart:
    '{certificate} (the first certificate in it) and {key} are replaced together. Other certificates in the file stay.',
  together: 'The first certificate and the private key in {file} are replaced. Everything else in the file stays.',
  link: '{given} is a link: the file to which it leads is replaced, {path}. The link itself stays.',
  marked:
    'A comment line before each of them, and a comment in the certificate, carry "chaos-lite" and the id of the record.',
  rename:
    'Each file is replaced by an atomic rename. Its mode, owner, ACL and attributes stay: the new private key can be read by whoever could read the original.',
  reload:
    '{service} is reloaded by {manager}, which also applies configuration changes that nobody has loaded yet. It is not restarted. If the reload fails, the originals are restored at once.',
  readers: 'Another program that reads these files meanwhile gets the expired certificate, too.',
  seen: 'A client on this host gets the certificate from {address}, port {port}.',
  rollback:
    'Roll back: the original files themselves take their places again, then {service} is reloaded. A renewed certificate or key is kept.',
} as const
