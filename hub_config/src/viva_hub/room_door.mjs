// Decides to whom the proxy shows a room, and what a room may say about the rest of the site.
//
// Every room is below one host name, together with the console and the hub. A page that a
// candidate's server wrote would act there as whoever opened it. So the proxy shows a room to
// the browser that came in by its door, and to callers that carry a token, which no page that is
// opened by a link does. Loaded by Node before the proxy itself.
//
// The invite's page logs its browser in and fetches a room's scripts before anybody has come in. A
// fetch shows nothing, and what the room answers is labelled as no page, so that none is shown from
// the browser's cache. Whoever is logged in and has not come in meets this door as anybody does.

import crypto from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";

const COOKIE = "viva-room";
const ROOM = /^\/user\/([^/]+)\/?$/;
const SCRIPTS = /^\/user\/[^/]+\/(static\/lab\/|lab\/extensions\/|viva\/scripts$)/;
const LOGIN = /^\/user\/[^/]+\/(viva\/enter$|oauth_callback\?)/;
const TOKEN = /^(token|bearer)\s+\S/i;
// Each of these would bind the visitor's browser for the whole site, some of them for years.
const WHOLE_SITE = new Set([
  "alt-svc",
  "clear-site-data",
  "nel",
  "report-to",
  "reporting-endpoints",
  "service-worker-allowed",
  "strict-transport-security",
]);

const secret = process.env.VIVA_TICKET_KEY;
if (!secret) throw new Error("VIVA_TICKET_KEY is not set: nobody could be let into a room");

// The proxy's own program is the first word after Node's options; its parts lie beside it.
const parts = path.join(path.dirname(process.argv[1]), "..", "lib", "configproxy.js");
const { ConfigurableProxy } = await import(pathToFileURL(parts).href);
const { handleProxy, targetForReq } = ConfigurableProxy.prototype;
if (!handleProxy || !targetForReq) throw new Error("this version of the proxy has another shape");

function keyOf(name) {
  return crypto.createHmac("sha256", secret).update(`viva.room ${name}`).digest("hex");
}

function isLetIn(headers, name) {
  if (TOKEN.test(headers.authorization ?? "")) return true;
  const wanted = Buffer.from(`${COOKIE}=${keyOf(name)}`);
  // All that are sent, not the last: another page may have set one of the same name.
  return (headers.cookie ?? "").split(";").some((text) => {
    const offered = Buffer.from(text.trim());
    return offered.length === wanted.length && crypto.timingSafeEqual(offered, wanted);
  });
}

// No script can set these headers: the browser does, and a page that is opened is never a fetch.
function isFetch({ method, headers }, mode) {
  return (
    method === "GET" &&
    headers["sec-fetch-site"] === "same-origin" &&
    headers["sec-fetch-mode"] === mode &&
    headers["sec-fetch-dest"] === "empty"
  );
}

// Which headers a room may not set in an answer to whoever has not come in; undefined where it may
// not answer at all.
function withheldFrom(req) {
  const page = ["content-type", "x-content-type-options"];
  if (isFetch(req, "cors") && SCRIPTS.test(req.url)) return [...page, "set-cookie"];
  // A login goes around by the hub, which takes a fetch of this mode as it takes a page.
  if (isFetch(req, "no-cors") && LOGIN.test(req.url)) return page;
  return undefined;
}

function showNoPage(res, withheld) {
  const set = res.setHeader.bind(res);
  set("Content-Type", "text/javascript; charset=utf-8");
  set("X-Content-Type-Options", "nosniff");
  res.setHeader = (name, value) => (withheld.includes(name.toLowerCase()) ? res : set(name, value));
}

function staysInside(cookie, prefix) {
  const attributes = cookie.split(";").slice(1);
  return attributes.every((text) => {
    const [name, value = ""] = text.split("=").map((word) => word.trim());
    if (name.toLowerCase() === "domain") return false;
    return name.toLowerCase() !== "path" || value === prefix || value.startsWith(`${prefix}/`);
  });
}

function keepInside(res, prefix) {
  const set = res.setHeader.bind(res);
  res.setHeader = (name, value) => {
    const known = name.toLowerCase();
    if (WHOLE_SITE.has(known)) return res;
    if (known !== "set-cookie") return set(name, value);
    const kept = [value].flat().filter((cookie) => staysInside(cookie, prefix));
    return kept.length ? set(name, kept) : res;
  };
}

ConfigurableProxy.prototype.handleProxy = async function (kind, req, res, ...rest) {
  // Whoever is found by the proxy's own search is who would be asked: no address is read twice.
  const match = await targetForReq.call(this, req).catch(() => undefined);
  const name = match?.prefix.match(ROOM)?.[1];
  const isLet = !name || isLetIn(req.headers, name);
  const withheld = isLet || kind !== "web" ? undefined : withheldFrom(req);
  if (!isLet && !withheld) {
    this.handleProxyError(403, kind, req, res);
    if (kind === "ws") res.end();
    return undefined;
  }
  if (withheld) showNoPage(res, withheld);
  if (name && kind === "web") keepInside(res, match.prefix.replace(/\/$/, ""));
  return handleProxy.call(this, kind, req, res, ...rest);
};
