package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// settled is how long the server takes to hear of new policies, bindings and parameters.
const settled = 10 * time.Second

// refusal is what the server says of a policy that it does not take.
type refusal struct {
	verdict string
	code    int
	body    []byte
}

// policies makes every policy in a namespace of its own, and then asks for the objects.
func (s *server) policies(rows []record) ([]record, error) {
	refused, made := map[string]*refusal{}, map[string]bool{}
	for _, row := range rows {
		name := policyOf(row)
		if made[name] {
			continue
		}
		made[name] = true
		if err := s.namespace(namespaceOf(row), row["namespace_labels"]); err != nil {
			return nil, err
		}
		told, err := s.policy(row)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.text("id"), err)
		}
		refused[name] = told
	}
	time.Sleep(settled)
	var answers []record
	for _, row := range rows {
		answer, err := s.object(row, refused[policyOf(row)])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.text("id"), err)
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

func policyOf(row record) string {
	name, _, _ := strings.Cut(row.text("id"), "-")
	return name
}

func namespaceOf(row record) string {
	return "ns-" + policyOf(row)
}

// policy makes the manifests of a case, up to one that is refused.
func (s *server) policy(row record) (*refusal, error) {
	text := strings.ReplaceAll(row.text("policy"), "namespace: NS", "namespace: "+namespaceOf(row))
	for _, manifest := range strings.Split(text, "\n---\n") {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(manifest), &object); err != nil {
			return nil, err
		}
		verdict := "policy-refused"
		if object["kind"] == "ValidatingAdmissionPolicyBinding" {
			narrow(object, namespaceOf(row))
			verdict = "binding-refused"
		}
		body, err := json.Marshal(object)
		if err != nil {
			return nil, err
		}
		found := headOf(string(body))
		path := s.endpoint(found.APIVersion, found.Kind, found.Metadata.Namespace)
		if path == "" {
			return nil, fmt.Errorf("no endpoint for %s", found)
		}
		code, answer, _, err := s.ask(http.MethodPost, path+"?fieldValidation=Strict", string(body))
		if err != nil {
			return nil, err
		}
		if code != http.StatusCreated {
			return &refusal{verdict, code, answer}, nil
		}
	}
	return nil, nil
}

// narrow keeps a binding to the namespace of its case.
func narrow(binding map[string]any, namespace string) {
	spec, _ := binding["spec"].(map[string]any)
	if spec == nil {
		return
	}
	inside := func(holder map[string]any, key string) map[string]any {
		found, _ := holder[key].(map[string]any)
		if found == nil {
			found = map[string]any{}
			holder[key] = found
		}
		return found
	}
	selector := inside(inside(spec, "matchResources"), "namespaceSelector")
	inside(selector, "matchLabels")["kubernetes.io/metadata.name"] = namespace
}

// object asks for the object of a case under its policy.
func (s *server) object(row record, refused *refusal) (record, error) {
	answer := record{}
	for key, value := range row {
		answer[key] = value
	}
	delete(answer, "warnings")
	if refused != nil {
		answer.judge(refused.code, refused.body, nil)
		answer["verdict"], answer["status"], answer["object"] = refused.verdict, refused.code, nil
		return answer, nil
	}
	object := strings.ReplaceAll(row.text("object"), "namespace: NS", "namespace: "+namespaceOf(row))
	found := headOf(object)
	path := s.endpoint(found.APIVersion, found.Kind, namespaceOf(row))
	if path == "" {
		return nil, fmt.Errorf("no endpoint for %s", found)
	}
	code, body, warned, err := s.ask(http.MethodPost, path+dry, object)
	if err != nil {
		return nil, err
	}
	answer.judge(code, body, warned)
	if strings.Contains(answer.text("message"), "ValidatingAdmissionPolicy") && code != http.StatusCreated {
		answer["verdict"] = "denied"
	}
	answer["status"] = code
	return answer, nil
}
