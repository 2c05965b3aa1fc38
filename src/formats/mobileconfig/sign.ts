/**
 * Signing a profile: CMS SignedData around it (RFC 5652), DER, SHA-256, with the operator's certificate and what links it to
 * an authority. A device then shows who made the profile, as “Verified” where it trusts the authority.
 *
 * Without a signing time, which is optional: with an RSA key the same profile is the same bytes.
 */
import { createHash, createPrivateKey, createSign, type KeyObject, X509Certificate } from 'node:crypto';
import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  ContentInfo,
  DigestAlgorithmIdentifiers,
  EncapsulatedContent,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  id_data,
  id_signedData,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
} from '@peculiar/asn1-cms';
import { AsnConvert, AsnObjectIdentifierConverter, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Certificate } from '@peculiar/asn1-x509';

/** The certificate or key is not fit to sign with; the message says why, in a clause. */
export class SignError extends Error {
  override readonly name = 'SignError';
}

/** Gives a profile back as the signed file. */
export type ProfileSigner = (profile: string) => Uint8Array<ArrayBuffer>;

export interface SigningFiles {
  /** PEM: the operator's certificate first, then what links it to an authority. */
  readonly cert: string;
  /** PEM: its private key, RSA or on a NIST curve, without a passphrase. */
  readonly key: string;
}

/** RFC 5652 sections 11.1 and 11.2. */
const contentType = '1.2.840.113549.1.9.3';
const messageDigest = '1.2.840.113549.1.9.4';
/** RFC 5754 sections 2.2, 3.2 and 3.3. */
const sha256 = '2.16.840.1.101.3.4.2.1';
const signatures = { rsa: '1.2.840.113549.1.1.1', ec: '1.2.840.10045.4.3.2' } as const;

/**
 * Makes the function that signs.
 * @throws {SignError} where certificate and key do not go together, or cannot sign
 */
export function profileSigner({ cert, key }: SigningFiles): ProfileSigner {
  const chain = readChain(cert);
  const [own] = chain;
  if (!own) throw new SignError('the certificate file holds no certificate in PEM');
  const privateKey = readKey(key);
  const kind = privateKey.asymmetricKeyType;
  if (kind !== 'rsa' && kind !== 'ec')
    throw new SignError(`a key of type ${kind} is not read by Apple’s devices; RSA and EC are`);
  if (!own.checkPrivateKey(privateKey))
    throw new SignError('the key does not belong to the first certificate of the file');
  if (Date.parse(own.validTo) < Date.now()) throw new SignError(`the certificate ended on ${own.validTo}`);

  const certificates = chain.map((one) => AsnConvert.parse(one.raw, Certificate));
  const { issuer, serialNumber } = (certificates[0] as Certificate).tbsCertificate;
  const sid = new SignerIdentifier({ issuerAndSerialNumber: new IssuerAndSerialNumber({ issuer, serialNumber }) });
  const digestAlgorithm = new AlgorithmIdentifier({ algorithm: sha256 });

  return (profile) => {
    const content = Buffer.from(profile, 'utf8');
    const signedAttrs = [
      attribute(contentType, AsnObjectIdentifierConverter.toASN(id_data).toBER(false)),
      attribute(messageDigest, AsnConvert.serialize(new OctetString(createHash('sha256').update(content).digest()))),
    ];
    const signerInfo = new SignerInfo({
      version: CMSVersion.v1,
      sid,
      digestAlgorithm,
      signedAttrs,
      signatureAlgorithm: new AlgorithmIdentifier({
        algorithm: signatures[kind],
        // RFC 3370 section 3.2 wants the parameter for RSA, RFC 5754 section 3.3 none for ECDSA.
        ...(kind === 'rsa' && { parameters: Uint8Array.of(5, 0).buffer }),
      }),
      signature: new OctetString(createSign('sha256').update(signedBytes(signedAttrs)).sign(privateKey)),
    });
    const signedData = new SignedData({
      version: CMSVersion.v1,
      digestAlgorithms: new DigestAlgorithmIdentifiers([digestAlgorithm]),
      encapContentInfo: new EncapsulatedContentInfo({
        eContentType: id_data,
        eContent: new EncapsulatedContent({ single: new OctetString(content) }),
      }),
      certificates: new CertificateSet(certificates.map((certificate) => new CertificateChoices({ certificate }))),
      signerInfos: new SignerInfos([signerInfo]),
    });
    const info = new ContentInfo({ contentType: id_signedData, content: AsnConvert.serialize(signedData) });
    return new Uint8Array(AsnConvert.serialize(info));
  };
}

function attribute(attrType: string, value: ArrayBuffer): Attribute {
  return new Attribute({ attrType, attrValues: [value] });
}

/** What the signature is of: the attributes as a SET OF (RFC 5652 section 5.4). These two are in DER's order, and short. */
function signedBytes(attributes: readonly Attribute[]): Buffer {
  const body = Buffer.concat(attributes.map((one) => Buffer.from(AsnConvert.serialize(one))));
  return Buffer.concat([Buffer.of(0x31, body.length), body]);
}

function readChain(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    throw new SignError('the certificate file is damaged');
  }
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SignError('the key file holds no private key in PEM that can be read without a passphrase');
  }
}
