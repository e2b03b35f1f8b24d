{{/* The name of everything. */}}
{{- define "service.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 }}
{{- end }}

{{- define "service.proxy" -}}
{{ .Values.sidecar.image }}
{{- end -}}

{{- define "service.labels" -}}
chart: {{ .Chart.Name }}
{{- if .Values.team }}
team: {{ .Values.team }}
{{- end }}
{{- end }}
