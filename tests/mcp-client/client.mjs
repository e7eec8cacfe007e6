// A client of another make: the npm SDK of the Model Context Protocol. node client.mjs PROGRAM
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const client = new Client({ name: "npm-client", version: "1.0.0" });
await client.connect(new StdioClientTransport({ command: process.argv[2], args: ["mcp", "--read-only"], env: process.env }));
const { tools } = await client.listTools();
const hosts = await client.callTool({ name: "list_hosts", arguments: {} });
const wrong = await client.callTool({ name: "get_training_status", arguments: { run_id: "20260101t000000-00000000" } });
const { prompts } = await client.listPrompts();
const { resources } = await client.listResources();
console.log(JSON.stringify({
  server: client.getServerVersion().name,
  tools: tools.map((tool) => tool.name),
  hosts: hosts.structuredContent,
  text: hosts.content[0].type,
  wrong: [wrong.isError, wrong.structuredContent.code],
  prompts: prompts.map((prompt) => prompt.name),
  resources: resources.map((resource) => resource.uri),
}));
await client.close();
