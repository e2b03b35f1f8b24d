package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// dry keeps nothing, and decodes strictly.
const dry = "?dryRun=All&fieldValidation=Strict"

// status is the part of a metav1.Status that counts.
type status struct {
	Message string
	Details struct {
		Causes []struct{ Reason, Field string }
	}
}

// head is what an endpoint is found by.
type head struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
}

var line = regexp.MustCompile(`(?m)^ *"?(apiVersion|kind)"?: *["']?([A-Za-z0-9./]+)`)

// headOf reads the head of a manifest, line by line where it cannot be read as a whole.
func headOf(manifest string) head {
	// Keys count by their letters here, although YAML's decoder forgives their case.
	var found head
	var all map[string]any
	if yaml.Unmarshal([]byte(manifest), &all) == nil {
		found.APIVersion, _ = all["apiVersion"].(string)
		found.Kind, _ = all["kind"].(string)
		metadata, _ := all["metadata"].(map[string]any)
		found.Metadata.Name, _ = metadata["name"].(string)
		found.Metadata.Namespace, _ = metadata["namespace"].(string)
		return found
	}
	for _, match := range line.FindAllStringSubmatch(manifest, -1) {
		switch {
		case match[1] == "kind" && found.Kind == "":
			found.Kind = match[2]
		case match[1] == "apiVersion" && found.APIVersion == "":
			found.APIVersion = match[2]
		}
	}
	return found
}

// namespaces makes those that the cases name, wherever such a name is possible.
func (s *server) namespaces(rows []record) error {
	made := map[string]bool{"": true, "default": true}
	for _, row := range rows {
		name := headOf(row.text("manifest")).Metadata.Namespace
		if made[name] {
			continue
		}
		made[name] = true
		if err := s.namespace(name, nil); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) namespace(name string, labels any) error {
	manifest := map[string]any{"metadata": map[string]any{"name": name, "labels": labels}}
	text, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	_, _, _, err = s.ask(http.MethodPost, "/api/v1/namespaces", string(text))
	return err
}

// manifest asks for one case.
func (s *server) manifest(row record) (record, error) {
	answer := record{}
	for key, value := range row {
		answer[key] = value
	}
	delete(answer, "warnings")
	found := headOf(row.text("manifest"))
	namespace := found.Metadata.Namespace
	if namespace == "" {
		namespace = "default"
	}
	path := s.endpoint(found.APIVersion, found.Kind, namespace)
	if path == "" {
		answer["verdict"], answer["fields"], answer["reasons"], answer["message"] = "no-route", []string{}, []string{}, ""
		return answer, nil
	}
	code, body, warned, err := s.ask(http.MethodPost, path+dry, row.text("manifest"))
	if err != nil {
		return nil, err
	}
	answer.judge(code, body, warned)
	if returned, known := row["returned"]; known {
		answer["returned"] = what(returned, code, body)
	}
	return answer, nil
}

// judge says where the server stopped.
func (r record) judge(code int, body []byte, warned []string) {
	verdicts := map[int]string{
		http.StatusCreated:             "accepted",
		http.StatusBadRequest:          "decode",
		http.StatusForbidden:           "admission",
		http.StatusNotFound:            "not-found",
		http.StatusUnprocessableEntity: "invalid",
	}
	verdict := verdicts[code]
	if verdict == "" {
		verdict = "error"
	}
	var told status
	if verdict != "accepted" && json.Unmarshal(body, &told) != nil {
		told.Message = string(body)
	}
	fields, reasons := []string{}, []string{}
	if verdict == "invalid" {
		for _, cause := range told.Details.Causes {
			fields = append(fields, cause.Field)
			reasons = append(reasons, strings.TrimPrefix(cause.Reason, "FieldValue"))
		}
	}
	r["verdict"], r["fields"], r["reasons"], r["message"] = verdict, fields, reasons, told.Message
	if len(warned) > 0 {
		r["warnings"] = warned
	}
}

// what gives the values that came back at the paths that a case is about.
func what(wanted any, code int, body []byte) any {
	paths, _ := wanted.(map[string]any)
	var object any
	if code != http.StatusCreated || paths == nil || json.Unmarshal(body, &object) != nil {
		return nil
	}
	found := map[string]any{}
	for path := range paths {
		found[path] = at(object, path)
	}
	return found
}

func at(value any, path string) any {
	for _, step := range strings.Split(path, ".") {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[step]
		case []any:
			index, err := strconv.Atoi(step)
			if err != nil || index >= len(inner) {
				return nil
			}
			value = inner[index]
		default:
			return nil
		}
	}
	return value
}

func (h head) String() string {
	return fmt.Sprintf("%s %s", h.APIVersion, h.Kind)
}
