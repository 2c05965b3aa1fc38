/**
 * Autodiscover version 2, the JSON that newer Microsoft clients ask first. There is no public text for it; these are the
 * answers of Microsoft's own service. It cannot carry settings of IMAP, POP3 or SMTP: all that it can say is where the XML is.
 */

/** The one protocol that is answered, as Microsoft writes it. */
const supported = 'AutodiscoverV1';

interface Found {
  readonly Protocol: typeof supported;
  readonly Url: string;
}

interface Refused {
  readonly ErrorCode: 'InvalidProtocol' | 'MandatoryParameterMissing';
  readonly ErrorMessage: string;
}

/**
 * The error for a protocol, or undefined where it is the one that is answered.
 * @param protocol as it was asked for, in any case
 */
export function refuseProtocol(protocol: string | undefined): Refused | undefined {
  if (protocol === undefined) {
    const ErrorMessage = "A valid value must be provided for the query parameter 'Protocol'";
    return { ErrorCode: 'MandatoryParameterMissing', ErrorMessage };
  }
  if (protocol.toLowerCase() === supported.toLowerCase()) return undefined;
  // What is no word is not repeated: somebody may show the message as a page.
  const shown = /^\w{1,40}$/.test(protocol) ? ` '${protocol}'` : '';
  const ErrorMessage = `The given protocol value${shown} is invalid. Supported values are '${supported}'`;
  return { ErrorCode: 'InvalidProtocol', ErrorMessage };
}

/** @param base the server's own URL, without a slash at its end */
export function pointToXml(base: string): Found {
  return { Protocol: supported, Url: `${base}/autodiscover/autodiscover.xml` };
}
