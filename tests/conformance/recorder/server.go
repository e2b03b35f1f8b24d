package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// token is what the only user of the server identifies with.
const token = "recorder"

// server is an API server of this process.
type server struct {
	client  *http.Client
	address string
	plurals map[string]string
}

// start runs etcd and the API server until the process ends.
func start(scratch string, flags []string) (*server, error) {
	store, err := etcd(scratch)
	if err != nil {
		return nil, err
	}
	key, tokens := filepath.Join(scratch, "key.pem"), filepath.Join(scratch, "tokens.csv")
	if err := writeKey(key); err != nil {
		return nil, err
	}
	if err := os.WriteFile(tokens, []byte(token+",admin,admin,system:masters\n"), 0o600); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	command := app.NewAPIServerCommand()
	command.SetArgs(append([]string{
		"--etcd-servers=" + store,
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--cert-dir=" + filepath.Join(scratch, "certs"),
		"--token-auth-file=" + tokens,
		"--authorization-mode=AlwaysAllow",
		"--allow-privileged=true",
		"--service-cluster-ip-range=10.0.0.0/24",
		"--service-account-issuer=https://kubernetes.default",
		"--service-account-key-file=" + key,
		"--service-account-signing-key-file=" + key,
		// Without a controller no namespace has an account.
		"--disable-admission-plugins=ServiceAccount",
	}, flags...))
	failed := make(chan error, 1)
	go func() { failed <- command.Execute() }()
	// The server made its certificate itself, a moment ago.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	started := &server{
		client:  &http.Client{Transport: transport, Timeout: time.Minute},
		address: fmt.Sprintf("https://127.0.0.1:%d", port),
		plurals: map[string]string{},
	}
	return started, started.ready(failed)
}

// ready waits until the server answers, for two minutes.
func (s *server) ready(failed <-chan error) error {
	for range 240 {
		select {
		case err := <-failed:
			return fmt.Errorf("the server ended: %w", err)
		case <-time.After(500 * time.Millisecond):
		}
		if code, _, _, err := s.ask(http.MethodGet, "/readyz", ""); err == nil && code == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("the server does not get ready")
}

// ask sends a request, and gives the status, the body and the warnings.
func (s *server) ask(method, path, body string) (int, []byte, []string, error) {
	request, err := http.NewRequest(method, s.address+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	kind := "application/yaml"
	if strings.HasPrefix(body, "{") {
		kind = "application/json"
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := s.client.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, text, warnings(response.Header.Values("Warning")), err
}

// warnings are the texts of `299 - "text"`.
func warnings(headers []string) []string {
	var texts []string
	for _, header := range headers {
		text := strings.TrimPrefix(header, "299 - ")
		text = strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`)
		texts = append(texts, strings.ReplaceAll(strings.ReplaceAll(text, `\"`, `"`), `\\`, `\`))
	}
	return texts
}

// folder is the path that objects of a version live under.
func folder(apiVersion string) string {
	if strings.Contains(apiVersion, "/") {
		return "/apis/" + apiVersion
	}
	return "/api/" + apiVersion
}

// endpoint is where objects of a kind are created; empty where the server has no such place.
func (s *server) endpoint(apiVersion, kind, namespace string) string {
	if apiVersion == "" || kind == "" {
		return ""
	}
	where, known := s.plurals[apiVersion+" "+kind]
	if !known {
		where = s.discover(apiVersion, kind)
		s.plurals[apiVersion+" "+kind] = where
	}
	if where == "" {
		return ""
	}
	return folder(apiVersion) + strings.ReplaceAll(where, "NAMESPACE", url.PathEscape(namespace))
}

func (s *server) discover(apiVersion, kind string) string {
	code, body, _, err := s.ask(http.MethodGet, folder(apiVersion), "")
	var list struct {
		Resources []struct {
			Name, Kind string
			Namespaced bool
		}
	}
	if err != nil || code != http.StatusOK || json.Unmarshal(body, &list) != nil {
		return ""
	}
	for _, one := range list.Resources {
		if one.Kind == kind && !strings.Contains(one.Name, "/") {
			if one.Namespaced {
				return "/namespaces/NAMESPACE/" + one.Name
			}
			return "/" + one.Name
		}
	}
	return ""
}

// etcd starts the store, and gives its address.
func etcd(scratch string) (string, error) {
	config := embed.NewConfig()
	config.Dir, config.LogLevel, config.UnsafeNoFsync = filepath.Join(scratch, "etcd"), "fatal", true
	var urls []url.URL
	for range 2 {
		port, err := freePort()
		if err != nil {
			return "", err
		}
		urls = append(urls, url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	config.ListenClientUrls, config.AdvertiseClientUrls = urls[:1], urls[:1]
	config.ListenPeerUrls, config.AdvertisePeerUrls = urls[1:], urls[1:]
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	running, err := embed.StartEtcd(config)
	if err != nil {
		return "", err
	}
	select {
	case <-running.Server.ReadyNotify():
		return urls[0].String(), nil
	case <-time.After(time.Minute):
		return "", fmt.Errorf("etcd does not get ready")
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func writeKey(path string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return os.WriteFile(path, pem.EncodeToMemory(block), 0o600)
}
