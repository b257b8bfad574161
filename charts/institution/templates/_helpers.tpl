{{- define "institution.labels" -}}
app.kubernetes.io/part-of: collabnet
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "institution.image" -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end }}
{{- end }}

{{- define "institution.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "institution.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "institution.pullSecrets" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "institution.claim" -}}
accessModes: [ReadWriteOnce]
{{- with .storageClassName }}
storageClassName: {{ . }}
{{- end }}
resources: { requests: { storage: {{ .size }} } }
{{- end }}

{{- define "institution.dnsEgress" -}}
- ports: [{ port: {{ .Values.networkPolicy.dns.port }}, protocol: UDP }, { port: {{ .Values.networkPolicy.dns.port }}, protocol: TCP }]
  to:
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .Values.networkPolicy.dns.namespace }} } }
    {{- with .Values.networkPolicy.dns.cidr }}
    - ipBlock: { cidr: {{ . }} }
    {{- end }}
{{- end }}

{{- define "institution.hubEgress" -}}
- ports:
    {{- range .Values.networkPolicy.hub.ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  to:
    - podSelector: { matchLabels: { app.kubernetes.io/part-of: collabnet, app.kubernetes.io/component: nats-hub } }
    {{- with .Values.networkPolicy.hub.namespace }}
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ . }} } }
      podSelector: { matchLabels: { app.kubernetes.io/component: nats-hub } }
    {{- end }}
    {{- with .Values.networkPolicy.hub.cidr }}
    - ipBlock: { cidr: {{ . }} }
    {{- end }}
{{- end }}

{{/* Fabric nodes of other institutions; nothing where none is named. */}}
{{- define "institution.fabricEgress" -}}
{{- with .Values.networkPolicy.fabric }}
{{- if or .namespaces .cidrs -}}
- ports:
    {{- range .ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  to:
    {{- range .namespaces }}
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ . }} } }
      podSelector:
        matchExpressions:
          - { key: app.kubernetes.io/component, operator: In, values: [fabric-peer, fabric-orderer] }
    {{- end }}
    {{- range .cidrs }}
    - ipBlock: { cidr: {{ . }} }
    {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Metrics on `ports`, on the health port without any given, for the namespaces that may scrape; nothing otherwise. */}}
{{- define "institution.scrapeRules" -}}
{{- if .Values.networkPolicy.monitoringNamespaces -}}
- ports:
    {{- range .ports | default (list 8081) }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  from:
    {{- range .Values.networkPolicy.monitoringNamespaces }}
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ . }} } }
    {{- end }}
{{- end }}
{{- end }}

{{- define "institution.scrapeIngress" -}}
{{- include "institution.scrapeRules" . | default "[]" }}
{{- end }}

{{/* The receiver of spans: only where one is configured, only its port. */}}
{{- define "institution.otlpEgress" -}}
{{- with .Values.telemetry.otlp }}
{{- if .endpoint }}
{{- $port := regexFind "^https?://[^/]+" .endpoint | regexFind ":[0-9]+$" | trimPrefix ":" | default (hasPrefix "https:" .endpoint | ternary "443" "80") }}
{{- if not (or .namespace .cidr) }}
{{- fail "telemetry.otlp: give namespace or cidr of the receiver, so that the NetworkPolicies let spans through to it and nowhere else" }}
{{- end }}
- ports: [{ port: {{ $port }}, protocol: TCP }]
  to:
    {{- with .namespace }}
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ . }} } }
    {{- end }}
    {{- with .cidr }}
    - ipBlock: { cidr: {{ . }} }
    {{- end }}
{{- end }}
{{- end }}
{{- end }}
