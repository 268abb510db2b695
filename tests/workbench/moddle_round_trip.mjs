// Reads diagrams and tables with the libraries of Camunda Modeler and writes them again: {path: xml} in on stdin, {path: xml} out.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const packages = `${process.argv[2]}/node_modules`;
const load = (path) => import(pathToFileURL(`${packages}/${path}`));
const { BpmnModdle } = await load("bpmn-moddle/dist/index.js");
const { DmnModdle } = await load("dmn-moddle/dist/index.js");
const camunda = JSON.parse(readFileSync(`${packages}/camunda-bpmn-moddle/resources/camunda.json`, "utf8"));

const written = {};
for (const [path, xml] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  const moddle = path.endsWith(".bpmn") ? new BpmnModdle({ camunda }) : new DmnModdle();
  const read = await moddle.fromXML(xml);
  if (read.warnings.length) throw new Error(`${path}: ${read.warnings[0].message}`);
  const first = await moddle.toXML(read.rootElement, { format: true });
  const again = await moddle.fromXML(first.xml);
  const second = await moddle.toXML(again.rootElement, { format: true });
  if (first.xml !== second.xml) throw new Error(`${path}: differs when written a second time`);
  written[path] = first.xml;
}
process.stdout.write(JSON.stringify(written));
