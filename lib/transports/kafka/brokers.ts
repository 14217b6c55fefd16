// Addresses of brokers: `host:port`, IPv6 in brackets.

import { isIPv4, isIPv6 } from "node:net";

/** The parts of an address. An IPv6 host stands without its brackets. */
export type BrokerAddress = { readonly host: string; readonly port: number };

/** What is wrong with an address, and what to do. */
export type AddressProblem = { readonly message: string; readonly remedy: string };

const ADDRESS = /^(?:\[(?<v6>[^\]]*)\]|(?<name>[^:[\]]*)):(?<port>\d{1,5})$/;
const HOST = /^(?!.*\.\.)[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?$/;
const REMEDY = "Write host:port, such as kafka-1.example.com:9092 or [::1]:9092.";

/** The addresses in `given`, a text with commas or a list; what is wrong with each is written down. */
export function readBrokers(
  given: string | readonly string[],
  problem: (problem: AddressProblem) => void,
): readonly string[] {
  const texts = (typeof given === "string" ? given.split(",") : given).map((text) => text.trim());
  const found = new Map<string, string>();
  for (const [index, text] of texts.entries()) {
    if (text === "" && texts.indexOf(text) < index) continue; // said once
    const wrong = problemOf(text);
    const name = text.toLowerCase();
    if (wrong !== null) problem(wrong);
    else if (found.has(name)) problem({ message: `"${text}" stands there twice.`, remedy: "Leave one of them out." });
    else found.set(name, text);
  }
  return [...found.values()];
}

function problemOf(text: string): AddressProblem | null {
  const shown = JSON.stringify(text);
  if (text === "") return { message: "One of the addresses is empty.", remedy: REMEDY };
  // Not shown: what stands before it may be a password.
  if (text.includes("@"))
    return { message: "One of the addresses has an @ in it.", remedy: `Who you are is said by sasl. ${REMEDY}` };
  if (/\s/.test(text)) return { message: `${shown} has a blank in it.`, remedy: "Put commas between addresses." };
  const scheme = /^([A-Za-z_+]+):\/\/(.*)$/.exec(text);
  if (scheme !== null)
    return {
      message: `${shown} begins with ${scheme[1]}://.`,
      remedy: `Write ${JSON.stringify(scheme[2])}; whether TLS and SASL are used is said by tls and sasl.`,
    };
  if (isIPv6(text) || /^[^[]*:.*:\d+$/.test(text))
    return { message: `${shown} is an IPv6 address without brackets.`, remedy: REMEDY };
  const parts = ADDRESS.exec(text)?.groups;
  if (parts === undefined) return { message: `${shown} has no port.`, remedy: REMEDY };
  const port = Number(parts["port"]);
  if (port < 1 || port > 65_535) return { message: `The port of ${shown} is not between 1 and 65535.`, remedy: REMEDY };
  const isHost = parts["v6"] === undefined ? HOST.test(parts["name"] ?? "") : isIPv6(parts["v6"]);
  return isHost ? null : { message: `${shown} has no host that could be one.`, remedy: REMEDY };
}

/** The parts of an address that `readBrokers` gave. */
export function splitAddress(address: string): BrokerAddress {
  const at = address.lastIndexOf(":");
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(address.slice(at + 1)) };
}

/** An address of these parts, IPv6 in brackets. */
export function joinAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether what is sent to `address` never leaves this machine. */
export function isLoopback(address: string): boolean {
  const host = splitAddress(address).host.toLowerCase();
  if (isIPv4(host)) return host.startsWith("127.");
  return host === "::1" || host.startsWith("::ffff:127.") || host === "localhost" || host.endsWith(".localhost");
}

// kafkajs cuts an address at its first colon, so it cannot take IPv6. It gets a name instead that stands for the address and
// is resolved where sockets are made. ".invalid" belongs to nobody.
const STAND_IN = /ip6\.([0-9a-zA-Z.%-]+)\.invalid/g;

/** `address` as kafkajs can take it. */
export function toStandIn(address: string): string {
  const { host, port } = splitAddress(address);
  return isIPv6(host) ? `ip6.${host.replaceAll(":", "-")}.invalid:${port}` : address;
}

/** The host that `name` stands for: `name` itself, if it is no stand-in. */
export function fromStandIn(name: string): string {
  return name.replace(STAND_IN, (_, host: string) => host.replaceAll("-", ":"));
}

/** `text` with addresses instead of stand-ins. */
export function withAddresses(text: string): string {
  return text.replace(STAND_IN, (_, host: string) => `[${host.replaceAll("-", ":")}]`);
}
