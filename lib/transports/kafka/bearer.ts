// Login with a token (SASL OAUTHBEARER, RFC 7628). kafkajs has one of its own, which takes the broker's refusal for a success; the
// broker then hangs up, and nobody learns that it was the token.
//
//     client  n,,^Aauth=Bearer <token>^A^A
//     broker  (nothing)  or  {"status":"invalid_token"}

import type { Mechanism } from "kafkajs";
import { ConfigError } from "../../core/errors.ts";

const LENGTH_BYTES = 4;

/** How kafkajs logs in with what `token` gives, which is asked for each time. */
export function bearerMechanism(token: () => Promise<string>): Mechanism {
  return {
    mechanism: "OAUTHBEARER",
    authenticationProvider: ({ host, port, saslAuthenticate }) => ({
      authenticate: async () => {
        const message = `n,,\x01auth=Bearer ${await token()}\x01\x01`;
        const refusal = await saslAuthenticate({
          request: { encode: () => withLength(message) },
          response: { decode: async (bytes) => bytes.subarray(LENGTH_BYTES), parse: String },
        });
        if (refusal) throw refused(`${host}:${port}`, refusal);
      },
    }),
  };
}

function withLength(message: string): Buffer {
  const bytes = Buffer.from(message);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function refused(broker: string, refusal: string): ConfigError {
  const remedy = "Check that it is meant for this cluster and has not ended, and the clock of whoever made it.";
  return new ConfigError("AUTHENTICATION_FAILED", `Broker ${broker} refused the token: ${refusal}. ${remedy}`);
}
