// Starts a Trailcat server for a test, with the demo listings in a new SQLite file, and
// creates a key. TRAILCAT is the path of the binary, which make test-clients builds.
"use strict";

const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const binary = process.env.TRAILCAT || path.join(__dirname, "../../../trailcat");

async function start() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trailcat-clients-"));
  const database = "sqlite:" + path.join(folder, "trailcat.db");
  const server = spawn(binary, ["serve", "--demo", "--rate-limit", "0", "--key-rate-limit", "0", "--listen", "127.0.0.1:0", "--database", database], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  server.stderr.on("data", (text) => (log += text));
  const base = await new Promise((resolve, reject) => {
    let output = "";
    server.stdout.on("data", (text) => {
      output += text;
      const found = output.match(/API +(http:\/\/[^/]+)/);
      if (found) resolve(found[1]);
    });
    server.on("exit", (code) => reject(new Error(`the server exited with code ${code}: ${log}`)));
  });
  const key = execFileSync(binary, ["keys", "create", "--name", "clients", "--scope", "listings:read", "--json", "--database", database]);
  const { id, secret } = JSON.parse(key);
  const stop = () =>
    new Promise((resolve) => {
      server.removeAllListeners("exit");
      server.on("exit", () => {
        fs.rmSync(folder, { recursive: true, force: true });
        resolve();
      });
      server.kill("SIGTERM");
    });
  return { base, id, secret, stop };
}

module.exports = { start };
