import { stringify } from 'yaml';
import type { CustomResourceDefinition } from './manifest.ts';

const HEADER = '# Generated from crds/src by `make generate`. Do not edit.\n';

export function manifestYaml(manifest: CustomResourceDefinition): string {
  const { annotations, ...metadata } = manifest.metadata;
  const shown = { ...manifest, metadata: Object.keys(annotations).length === 0 ? metadata : manifest.metadata };
  return HEADER + stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * The same manifest as a chart template: behind `crds.enabled`, kept on uninstall by `crds.keep`, labelled as the chart.
 *
 * @throws Error when a description contains a template delimiter, which Helm would evaluate.
 */
export function chartTemplate(manifest: CustomResourceDefinition): string {
  const body = stringify({ spec: manifest.spec }, { lineWidth: 0, aliasDuplicateObjects: false });
  if (body.includes('{{')) throw new Error(`${manifest.metadata.name}: a description contains '{{', which Helm would evaluate`);
  return `${HEADER}{{- if .Values.crds.enabled }}
apiVersion: ${manifest.apiVersion}
kind: ${manifest.kind}
metadata:
  name: ${manifest.metadata.name}
  {{- if or .Values.crds.keep .Values.crds.annotations }}
  annotations:
    {{- if .Values.crds.keep }}
    helm.sh/resource-policy: keep
    {{- end }}
    {{- with .Values.crds.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
  labels:
    {{- include "collabnet-crds.labels" . | nindent 4 }}
${body}{{- end }}
`;
}
