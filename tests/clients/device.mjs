// A device with MQTT.js. Told on standard input what to do; tells on standard output what the broker answered.
//
// In:  {url, options, messages: [{topic, payload (base64), options}], vanishes}
// Out: {answers: ["ok" | the error, one for each message]}, or {refused: the error} where it could not connect

import { text } from "node:stream/consumers";
import mqtt from "mqtt";

const { url, options, messages, vanishes } = JSON.parse(await text(process.stdin));
const say = (outcome) => console.log(JSON.stringify(outcome));

let client;
try {
  client = await mqtt.connectAsync(url, { ...options, reconnectPeriod: 0 }, false);
} catch (error) {
  say({ refused: error.message });
  process.exit(0);
}
const answers = [];
for (const { topic, payload, options } of messages) {
  try {
    await client.publishAsync(topic, Buffer.from(payload, "base64"), options);
    answers.push("ok");
  } catch (error) {
    answers.push(error.message);
  }
}
say({ answers });
if (vanishes) process.kill(process.pid, "SIGKILL"); // no goodbye: the broker sends the last will
await client.endAsync();
