// Command recorder creates manifests on a Kubernetes API server without keeping them, and writes down the answers.
//
// It reads one JSON object a line from standard input, with "id" and "yaml", and writes the same with "verdict", "fields" and
// "message" to standard output.
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"sort"
	"strings"
	"time"
)

// resources are the paths of the kinds that hold pods.
var resources = map[string]string{
	"Pod":                   "/api/v1/namespaces/%s/pods",
	"PodTemplate":           "/api/v1/namespaces/%s/podtemplates",
	"ReplicationController": "/api/v1/namespaces/%s/replicationcontrollers",
	"Deployment":            "/apis/apps/v1/namespaces/%s/deployments",
	"ReplicaSet":            "/apis/apps/v1/namespaces/%s/replicasets",
	"DaemonSet":             "/apis/apps/v1/namespaces/%s/daemonsets",
	"StatefulSet":           "/apis/apps/v1/namespaces/%s/statefulsets",
	"Job":                   "/apis/batch/v1/namespaces/%s/jobs",
	"CronJob":               "/apis/batch/v1/namespaces/%s/cronjobs",
}

var kindLine = regexp.MustCompile(`(?m)^kind: *"?([A-Za-z]+)`)

type input struct {
	ID   string `json:"id"`
	YAML string `json:"yaml"`
}

type answer struct {
	ID      string   `json:"id"`
	YAML    string   `json:"yaml"`
	Verdict string   `json:"verdict"`
	Fields  []string `json:"fields"`
	Message string   `json:"message"`
}

// status is the part of a metav1.Status that counts.
type status struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Details struct {
		Causes []struct {
			Field string `json:"field"`
		} `json:"causes"`
	} `json:"details"`
}

// server is where manifests are created.
type server struct {
	client    *http.Client
	address   string
	token     string
	namespace string
}

// create asks the server about one manifest.
func (s server) create(one input) (answer, error) {
	result := answer{ID: one.ID, YAML: one.YAML, Fields: []string{}}
	found := kindLine.FindStringSubmatch(one.YAML)
	if found == nil || resources[found[1]] == "" {
		return result, fmt.Errorf("%s: no kind that holds pods", one.ID)
	}
	path := fmt.Sprintf(resources[found[1]], s.namespace) + "?dryRun=All&fieldValidation=Strict"
	request, err := http.NewRequest(http.MethodPost, s.address+path, strings.NewReader(one.YAML))
	if err != nil {
		return result, err
	}
	request.Header.Set("Content-Type", "application/yaml")
	request.Header.Set("Accept", "application/json")
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return result, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return result, err
	}
	result.judge(response.StatusCode, body)
	return result, nil
}

// judge says where the server stopped.
func (a *answer) judge(code int, body []byte) {
	if code < 300 {
		a.Verdict = "accepted"
		return
	}
	var told status
	if err := json.Unmarshal(body, &told); err != nil {
		a.Verdict, a.Message = "other", string(body)
		return
	}
	a.Message = told.Message
	switch {
	case code == http.StatusBadRequest:
		a.Verdict = "decode"
	case code == http.StatusUnprocessableEntity:
		a.Verdict = "invalid"
		seen := map[string]bool{}
		for _, cause := range told.Details.Causes {
			if !seen[cause.Field] {
				seen[cause.Field] = true
				a.Fields = append(a.Fields, cause.Field)
			}
		}
		sort.Strings(a.Fields)
	case code == http.StatusForbidden:
		a.Verdict = "admission"
	case code == http.StatusNotFound:
		a.Verdict = "not-found"
	default:
		a.Verdict = "other"
	}
}

func main() {
	address := flag.String("server", "https://127.0.0.1:6443", "the address of the server")
	token := flag.String("token", "", "a token of somebody who may create everything")
	namespace := flag.String("namespace", "default", "the namespace")
	flag.Parse()
	// The server is one's own, on this machine, with a certificate that it made itself.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	asked := server{&http.Client{Transport: transport, Timeout: time.Minute}, *address, *token, *namespace}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var one input
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		result, err := asked.create(one)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := out.Encode(result); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
