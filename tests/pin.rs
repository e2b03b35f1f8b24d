//! `podlint pin` against a server in this process that answers as registries do, and as they should not.
#![cfg(feature = "pin")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use podlint::pin::{Credentials, Image, Options, Registry};
use sha2::{Digest as _, Sha256};
use support::run::command;

const MANIFEST: &str =
    r#"{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}"#;

fn digest_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// A request: its first line, then its headers in lower case, and the body.
type Request = (String, Vec<String>, String);

/// A server on a port of its own; it answers with whole responses, one for each connection.
struct Server {
    host: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    fn start(answer: impl Fn(&Request, usize) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let host = listener.local_addr().expect("an address").to_string();
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read_request(&stream) else { continue };
                let count = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(request.clone());
                    seen.len()
                };
                let _ = (&stream).write_all(answer(&request, count).as_bytes());
            }
        });
        Self { host, requests }
    }

    fn image(&self, rest: &str) -> Image {
        Image::parse(&format!("{}/{rest}", self.host)).expect("an image")
    }

    fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|length| *length > 0)?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim() {
            "" => break,
            line => headers.push(
                line.split_once(':')
                    .map_or(String::new(), |(name, value)| format!("{}:{value}", name.to_ascii_lowercase())),
            ),
        }
    }
    let length = headers.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    let mut body = vec![0; length.unwrap_or_default()];
    reader.read_exact(&mut body).ok()?;
    Some((first.trim().to_owned(), headers, String::from_utf8_lossy(&body).into_owned()))
}

fn response(status: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn manifest() -> String {
    response("200 OK", &[&format!("Docker-Content-Digest: {}", digest_of(MANIFEST))], MANIFEST)
}

fn options() -> Options {
    Options { timeout: Duration::from_secs(2), pause: Duration::from_millis(1), ..Options::default() }
}

fn ask(server: &Server, config: &str) -> Result<String, String> {
    let registry = Registry::new(&options(), Credentials::parse(config).expect("a configuration")).expect("a client");
    registry.digest(&server.image("team/app:1.2")).map_err(|problem| problem.to_string())
}

/// Whether a request has a header.
fn has((_, headers, _): &Request, header: &str) -> bool {
    headers.iter().any(|line| line == header)
}

#[test]
fn the_digest_is_that_of_the_bytes_and_of_the_header() {
    let server = Server::start(|_, _| manifest());
    assert_eq!(ask(&server, "{}"), Ok(digest_of(MANIFEST)));
    let requests = server.requests.lock().unwrap();
    assert_eq!(requests[0].0, "GET /v2/team/app/manifests/1.2 HTTP/1.1");
    let accept = requests[0].1.iter().find(|line| line.starts_with("accept:")).expect("an Accept header");
    assert!(accept.contains("image.index.v1+json") && accept.contains("manifest.list.v2+json"), "{accept}");
    drop(requests);
    let silent = Server::start(|_, _| response("200 OK", &[], MANIFEST));
    assert_eq!(ask(&silent, "{}"), Ok(digest_of(MANIFEST)));
}

#[test]
fn what_is_no_manifest_or_not_the_claimed_one_is_refused() {
    let wrong = format!("Docker-Content-Digest: sha256:{}", "0".repeat(64));
    let server = Server::start(move |_, _| response("200 OK", &[&wrong], MANIFEST));
    assert!(ask(&server, "{}").unwrap_err().contains("something on the way changed it"));
    let page = Server::start(|_, _| response("200 OK", &[], "<html>please log in to the hotel's network</html>"));
    assert!(ask(&page, "{}").unwrap_err().contains("no manifest"));
    let huge = Server::start(|_, _| response("200 OK", &[], &"x".repeat(5 * 1024 * 1024)));
    assert!(ask(&huge, "{}").unwrap_err().contains("larger than"));
    let gone = Server::start(|_, _| {
        response("404 Not Found", &[], r#"{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}"#)
    });
    let problem = ask(&gone, "{}").unwrap_err();
    assert!(problem.contains("no tag `1.2`") && problem.contains("manifest unknown"), "{problem}");
}

#[test]
fn a_bearer_token_is_fetched_once_for_a_repository() {
    let server = Server::start(|request, _| {
        let host = request.1.iter().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned();
        if request.0.starts_with("GET /token?service=registry&scope=repository:team/app:pull") {
            let allowed = has(request, "authorization: Basic dXNlcjpwYXNz");
            return if allowed {
                response("200 OK", &[], r#"{"token": "abc"}"#)
            } else {
                response("403 Forbidden", &[], "{}")
            };
        }
        if has(request, "authorization: Bearer abc") {
            return manifest();
        }
        let ask = format!(
            "WWW-Authenticate: Bearer realm=\"http://{host}/token\",service=\"registry\",scope=\"repository:team/app:pull\""
        );
        response("401 Unauthorized", &[&ask], "{}")
    });
    let config = format!(r#"{{"auths": {{"{}": {{"auth": "dXNlcjpwYXNz"}}}}}}"#, server.host);
    let registry = Registry::new(&options(), Credentials::parse(&config).unwrap()).unwrap();
    assert_eq!(registry.digest(&server.image("team/app:1")), Ok(digest_of(MANIFEST)));
    assert_eq!(server.count(), 3);
    assert_eq!(registry.digest(&server.image("team/app:2")), Ok(digest_of(MANIFEST)));
    assert_eq!(server.count(), 4, "the token is used again");
    assert!(ask(&server, "{}").unwrap_err().contains("the token server answers 403"));
}

#[test]
fn an_identity_token_is_exchanged() {
    let server = Server::start(|request, _| {
        let host = request.1.iter().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned();
        match request {
            (first, _, body) if first.starts_with("POST /token") && body.contains("refresh_token=secret") => {
                response("200 OK", &[], r#"{"access_token": "abc"}"#)
            }
            request if has(request, "authorization: Bearer abc") => manifest(),
            _ => {
                response("401 Unauthorized", &[&format!("WWW-Authenticate: Bearer realm=\"http://{host}/token\"")], "")
            }
        }
    });
    let config = format!(r#"{{"auths": {{"{}": {{"identitytoken": "secret"}}}}}}"#, server.host);
    assert_eq!(ask(&server, &config), Ok(digest_of(MANIFEST)));
}

#[test]
fn logins_that_are_missing_wrong_or_with_a_helper_are_named() {
    let server = Server::start(|request, _| {
        let allowed = has(request, "authorization: Basic dXNlcjpwYXNz");
        if allowed { manifest() } else { response("401 Unauthorized", &["WWW-Authenticate: Basic realm=\"r\""], "") }
    });
    let auth = |value: &str| format!(r#"{{"auths": {{"{}": {{"auth": "{value}"}}}}}}"#, server.host);
    assert_eq!(ask(&server, &auth("dXNlcjpwYXNz")), Ok(digest_of(MANIFEST)));
    assert!(ask(&server, &auth("dXNlcjp3cm9uZw==")).unwrap_err().contains("is not enough"));
    assert!(ask(&server, "{}").unwrap_err().contains("docker login"));
    let helped = ask(&server, r#"{"credsStore": "desktop"}"#).unwrap_err();
    assert!(helped.contains("docker-credential-desktop") && helped.contains("runs no helpers"), "{helped}");
}

#[test]
fn a_login_is_not_sent_to_a_token_server_without_tls() {
    let server = Server::start(|_, _| {
        response("401 Unauthorized", &["WWW-Authenticate: Bearer realm=\"http://tokens.example.com/token\""], "")
    });
    let config = format!(r#"{{"auths": {{"{}": {{"auth": "dXNlcjpwYXNz"}}}}}}"#, server.host);
    assert!(ask(&server, &config).unwrap_err().contains("`tokens.example.com` is to be reached without TLS"));
}

#[test]
fn limits_of_rate_are_waited_for_or_shown() {
    let patient = Server::start(|_, count| match count {
        1 => response("429 Too Many Requests", &["Retry-After: 0"], ""),
        2 => response("503 Service Unavailable", &[], ""),
        _ => manifest(),
    });
    assert_eq!(ask(&patient, "{}"), Ok(digest_of(MANIFEST)));
    assert_eq!(patient.count(), 3);
    let limited = Server::start(|_, _| {
        response("429 Too Many Requests", &["Retry-After: 3600", "RateLimit-Limit: 100;w=21600"], "")
    });
    let problem = ask(&limited, "{}").unwrap_err();
    assert!(problem.contains("100;w=21600") && problem.contains("3600 s"), "{problem}");
    assert_eq!(limited.count(), 1, "it is left alone");
    let down = Server::start(|_, _| response("500 Internal Server Error", &[], ""));
    assert!(ask(&down, "{}").unwrap_err().contains("answers 500"));
    assert_eq!(down.count(), 4, "it is asked a few times and no more");
}

#[test]
fn a_server_that_does_not_answer_costs_the_timeout() {
    let server = Server::start(|_, _| {
        std::thread::sleep(Duration::from_secs(30));
        String::new()
    });
    let started = std::time::Instant::now();
    assert!(ask(&server, "{}").unwrap_err().contains("does not answer in time"));
    assert!(started.elapsed() < Duration::from_secs(20));
    let nobody = Image::parse("127.0.0.1:1/a:1").unwrap();
    let registry = Registry::new(&options(), Credentials::default()).unwrap();
    assert!(registry.digest(&nobody).unwrap_err().to_string().contains("cannot reach `127.0.0.1:1`"));
}

fn podlint(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = command(folder, arguments);
    command.env("DOCKER_CONFIG", folder.join("docker")).output().expect("podlint runs")
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

#[test]
fn templates_are_pinned_in_place_and_what_moves_is_told() {
    let moved = Arc::new(Mutex::new(false));
    let state = Arc::clone(&moved);
    let other = MANIFEST.replace("[]", "[{}]");
    let second = digest_of(&other);
    let server = Server::start(move |request, _| match *state.lock().unwrap() {
        _ if request.0.contains("/gone/") => response("404 Not Found", &[], ""),
        false => manifest(),
        true => response("200 OK", &[], &other),
    });
    let (host, first) = (&server.host, digest_of(MANIFEST));
    let python = format!(
        "import os\n\nimport flyte\nfrom kubernetes.client import V1Container, V1PodSpec\n\nPROXY = '{host}/proxy:1.0'\n\n\
         template = flyte.PodTemplate(\n    primary_container_name=\"primary\",\n    pod_spec=V1PodSpec(\n        containers=[\n            \
         V1Container(name=\"primary\", image=\"{host}/train:1\"),\n            V1Container(name=\"proxy\", image=PROXY),\n            \
         V1Container(name=\"logs\", image=os.environ[\"LOGS\"]),\n        ]\n    ),\n)\n"
    );
    let yaml = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  initContainers:\n    - name: setup\n      image: {host}/setup:2 # \
         fetches data\n  containers:\n    - {{name: main, image: '{host}/main:1'}}\n"
    );
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("t.py"), &python).unwrap();
    std::fs::write(folder.path().join("p.yaml"), &yaml).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let check = || podlint(folder.path(), &["pin", "--check"]);

    let unpinned = check();
    assert_eq!(unpinned.status.code(), Some(1));
    assert!(text(&unpinned.stdout).contains(&format!("t.py:6: {host}/proxy:1.0 is not pinned")), "{unpinned:?}");
    assert_eq!(server.count(), 0, "nothing needs to be looked up to say so");

    let shown = podlint(folder.path(), &["pin", "--diff"]);
    assert_eq!(shown.status.code(), Some(1));
    assert!(text(&shown.stdout).contains(&format!("+PROXY = '{host}/proxy:1.0@{first}'")), "{shown:?}");
    assert_eq!(read("t.py"), python);

    let pinned = podlint(folder.path(), &["pin"]);
    assert_eq!(pinned.status.code(), Some(0), "{pinned:?}");
    assert_eq!(read("t.py"), python.replace("/proxy:1.0'", &format!("/proxy:1.0@{first}'")));
    assert!(read("p.yaml").contains(&format!("image: {host}/setup:2@{first} # fetches data")), "{}", read("p.yaml"));
    let before = server.count();
    assert_eq!(podlint(folder.path(), &["pin"]).status.code(), Some(0));
    assert_eq!(server.count(), before, "what is pinned is left alone");
    assert_eq!(check().status.code(), Some(0));

    *moved.lock().unwrap() = true;
    let told = check();
    assert_eq!(told.status.code(), Some(1));
    let expected = format!("t.py:6: {host}/proxy:1.0 moved\n  pinned {first}\n  now    {second}\n");
    assert!(text(&told.stdout).contains(&expected), "{}", text(&told.stdout));
    assert_eq!(podlint(folder.path(), &["pin", "--update"]).status.code(), Some(0));
    assert!(read("t.py").contains(&format!("/proxy:1.0@{second}'")) && !read("t.py").contains("train:1@"));
    assert_eq!(podlint(folder.path(), &["pin", "--all"]).status.code(), Some(0));
    assert!(read("t.py").contains(&format!("/train:1@{second}\"")));

    std::fs::write(folder.path().join("gone.yaml"), yaml.replace("/setup:", "/gone/setup:")).unwrap();
    let failed = podlint(folder.path(), &["pin", "gone.yaml"]);
    assert_eq!(failed.status.code(), Some(2));
    assert!(text(&failed.stderr).contains("there is no tag `2`"), "{failed:?}");
}

#[test]
fn a_lock_file_keeps_templates_as_they_are() {
    let moved = Arc::new(Mutex::new(false));
    let state = Arc::clone(&moved);
    let server = Server::start(move |_, _| match *state.lock().unwrap() {
        false => manifest(),
        true => response("200 OK", &[], &MANIFEST.replace("[]", "[{}]")),
    });
    let yaml = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  initContainers: [{{name: s, image: '{}/s:2'}}]\n  containers: \
         [{{name: m, image: m:1}}]\n",
        server.host
    );
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("p.yaml"), &yaml).unwrap();
    let run =
        |more: &[&str]| podlint(folder.path(), &[&["pin", "p.yaml", "--lock", "podlint.lock"][..], more].concat());
    assert_eq!(run(&["--check"]).status.code(), Some(1));
    assert_eq!(run(&["--diff"]).status.code(), Some(1));
    assert!(!folder.path().join("podlint.lock").exists());
    assert_eq!(run(&[]).status.code(), Some(0));
    let lock = std::fs::read_to_string(folder.path().join("podlint.lock")).unwrap();
    assert!(lock.contains(&format!("\"{}/s:2\": \"{}\"", server.host, digest_of(MANIFEST))), "{lock}");
    assert_eq!(std::fs::read_to_string(folder.path().join("p.yaml")).unwrap(), yaml);
    assert_eq!(run(&["--check"]).status.code(), Some(0));
    *moved.lock().unwrap() = true;
    let told = run(&["--check"]);
    assert_eq!(told.status.code(), Some(1));
    assert!(text(&told.stdout).contains("moved"));
    std::fs::write(folder.path().join("podlint.lock"), "no lock").unwrap();
    assert_eq!(run(&[]).status.code(), Some(2));
}

#[test]
fn what_the_configuration_excludes_is_left_alone() {
    let server = Server::start(|_, _| {
        response("200 OK", &[&format!("Docker-Content-Digest: {}", digest_of(MANIFEST))], MANIFEST)
    });
    let folder = tempfile::tempdir().expect("a folder");
    let template = |tag: &str| {
        format!(
            "apiVersion: v1\nkind: PodTemplate\nmetadata: {{name: t}}\ntemplate:\n  spec:\n    containers:\n      \
             - {{name: default, image: 'a:1'}}\n      - {{name: proxy, image: '{}/proxy:{tag}'}}\n",
            server.host
        )
    };
    std::fs::create_dir(folder.path().join("gen")).expect("a folder");
    std::fs::write(folder.path().join("gen/t.yaml"), template("1")).expect("a file");
    std::fs::write(folder.path().join("podlint.toml"), "exclude = [\"gen\"]\n").expect("a file");
    let run = podlint(folder.path(), &["pin", "."]);
    assert_eq!((run.status.code(), server.count()), (Some(0), 0), "{}", text(&run.stderr));
    // Named files are meant, as in `podlint check`.
    let named = podlint(folder.path(), &["pin", "gen/t.yaml"]);
    assert_eq!(named.status.code(), Some(0), "{}", text(&named.stderr));
    let pinned = std::fs::read_to_string(folder.path().join("gen/t.yaml")).expect("the file");
    assert!(pinned.contains(&format!("/proxy:1@{}", digest_of(MANIFEST))), "{pinned}");
    std::fs::write(folder.path().join("podlint.toml"), "exlude = []\n").expect("a file");
    std::fs::write(folder.path().join("gen/t.yaml"), template("2")).expect("a file");
    assert_eq!((podlint(folder.path(), &["pin", "."]).status.code(), server.count()), (Some(2), 1));
    assert_eq!(std::fs::read_to_string(folder.path().join("gen/t.yaml")).expect("the file"), template("2"));
}
