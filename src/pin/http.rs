//! One request to one server: where plain HTTP is allowed, how long it may take, and when it is tried again.

use std::time::{Duration, SystemTime};

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, http};

use super::registry::{Options, Problem};

/// Bytes of one answer: the limit of the distribution specification for manifests.
const MAX_BODY: u64 = 4 * 1024 * 1024;
/// How often a request is made before it is given up.
const ATTEMPTS: u32 = 4;

/// A client for registries.
#[derive(Debug)]
pub struct Http {
    secure: Agent,
    plain: Agent,
    insecure: Vec<String>,
    patience: Duration,
    pause: Duration,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    headers: http::HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All headers of a name.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }
}

impl Http {
    /// A client.
    ///
    /// # Errors
    /// A sentence when the certificates cannot be read.
    pub fn new(options: &Options) -> Result<Self, String> {
        let build = |https_only: bool, tls: TlsConfig| {
            let mut config = Agent::config_builder()
                .http_status_as_error(false)
                .https_only(https_only)
                .max_redirects(3)
                .timeout_global(Some(options.timeout))
                .timeout_connect(Some(options.timeout.min(Duration::from_secs(10))))
                .tls_config(tls)
                .user_agent(concat!("podlint/", env!("CARGO_PKG_VERSION")));
            if !https_only {
                // Registries on this machine are not behind a proxy.
                config = config.proxy(None);
            }
            Agent::new_with_config(config.build())
        };
        let tls = match &options.authorities {
            Some(pem) => TlsConfig::builder().root_certs(RootCerts::new_with_certs(&certificates(pem)?)).build(),
            None => TlsConfig::default(),
        };
        Ok(Self {
            secure: build(true, tls.clone()),
            plain: build(false, tls),
            insecure: options.insecure.clone(),
            patience: options.patience,
            pause: options.pause,
        })
    }

    /// Whether a registry may be talked to without TLS: one on this machine, or one that the user named.
    pub fn allows_plain(&self, host: &str) -> bool {
        is_loopback(host) || self.insecure.iter().any(|known| known == host)
    }

    /// The address of a path at a registry.
    pub fn address(&self, host: &str, path: &str) -> String {
        format!("{}://{host}{path}", if self.allows_plain(host) { "http" } else { "https" })
    }

    /// Asks; waits and asks again where the server says so, or is out of order.
    ///
    /// # Errors
    /// What went wrong.
    pub fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Answer, Problem> {
        self.send(url, headers, None)
    }

    /// Sends a form.
    ///
    /// # Errors
    /// What went wrong.
    pub fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Answer, Problem> {
        self.send(url, &[], Some(form))
    }

    fn send(&self, url: &str, headers: &[(&str, &str)], form: Option<&[(&str, &str)]>) -> Result<Answer, Problem> {
        let agent = self.agent_for(url)?;
        let mut pause = self.pause;
        for attempt in 1.. {
            let last = attempt >= ATTEMPTS;
            let wait = match once(agent, url, headers, form) {
                Ok(answer) if answer.status == 429 => match retry_after(&answer) {
                    Some(wait) if !last && wait <= self.patience => wait,
                    wait => return Err(rate_limited(&answer, wait)),
                },
                Ok(answer) if matches!(answer.status, 500 | 502 | 503 | 504) && !last => {
                    retry_after(&answer).unwrap_or(pause).min(self.patience)
                }
                Ok(answer) => return Ok(answer),
                Err(ureq::Error::Io(_) | ureq::Error::ConnectionFailed) if !last => pause,
                Err(error) => return Err(unreachable(url, &error)),
            };
            std::thread::sleep(wait);
            pause *= 2;
        }
        Err(Problem::new(format!("cannot reach `{}`", host_of(url))))
    }

    fn agent_for(&self, url: &str) -> Result<&Agent, Problem> {
        let host = host_of(url);
        // `http://localhost:x@example.com` is no address of this machine.
        if host.contains(['@', '\\', '#']) {
            return Err(Problem::new(format!("`{host}` is not the name of a host")));
        }
        match url.split_once("://") {
            Some(("https", _)) => Ok(&self.secure),
            Some(("http", _)) if self.allows_plain(host) => Ok(&self.plain),
            _ => Err(Problem::new(format!("`{host}` is to be reached without TLS, and nobody allowed that"))),
        }
    }
}

fn once(
    agent: &Agent,
    url: &str,
    headers: &[(&str, &str)],
    form: Option<&[(&str, &str)]>,
) -> Result<Answer, ureq::Error> {
    let mut response = match form {
        Some(form) => agent.post(url).send_form(form.iter().copied())?,
        None => headers.iter().fold(agent.get(url), |request, (name, value)| request.header(*name, *value)).call()?,
    };
    let body = response.body_mut().with_config().limit(MAX_BODY).read_to_vec()?;
    Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body })
}

/// The host and port of an address.
pub fn host_of(url: &str) -> &str {
    let behind = url.split_once("://").map_or(url, |(_, rest)| rest);
    behind.split(['/', '?']).next().unwrap_or_default()
}

fn is_loopback(host: &str) -> bool {
    let bare = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, _)) => inner,
        None => host.split(':').next().unwrap_or_default(),
    };
    bare == "localhost" || bare.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// How long the server wants to be left alone: seconds, or until a date.
fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = imf_date(text)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    Some(Duration::from_secs(then.saturating_sub(now)))
}

/// Seconds of a date like `Sun, 06 Nov 1994 08:49:37 GMT`.
fn imf_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split([' ', ':']);
    let mut number = || words.next()?.parse::<u64>().ok();
    let day = number()?;
    let month = words.next().and_then(|name| MONTHS.iter().position(|month| *month == name))? as u64;
    let mut number = || words.next()?.parse::<u64>().ok();
    let (year, hour, minute, second) = (number()?, number()?, number()?, number()?);
    if !(1970..=9999).contains(&year) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Days since 1970 by the civil calendar, with years that begin in March.
    let (shifted, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (month * 306 + 5) / 10 + day - 1;
    days.checked_sub(719_468).map(|days| days * 86_400 + hour * 3600 + minute * 60 + second)
}

fn rate_limited(answer: &Answer, wait: Option<Duration>) -> Problem {
    let mut message = "the registry answers 429: too many requests".to_owned();
    if let Some(limit) = answer.header("ratelimit-limit") {
        message.push_str(&format!("; its limit is {limit}"));
    }
    if let Some(wait) = wait {
        message.push_str(&format!("; it wants to be asked again in {} s", wait.as_secs()));
    }
    Problem::new(message)
}

fn unreachable(url: &str, error: &ureq::Error) -> Problem {
    let host = host_of(url);
    Problem::new(match error {
        ureq::Error::Timeout(_) => format!("`{host}` does not answer in time"),
        ureq::Error::HostNotFound => format!("there is no host `{host}`"),
        ureq::Error::BodyExceedsLimit(_) => format!("the answer of `{host}` is larger than {MAX_BODY} bytes"),
        error => format!("cannot reach `{host}`: {error}"),
    })
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, String> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| error.to_string())? {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err("there is no certificate in it".to_owned()) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::{host_of, imf_date, is_loopback};

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost", "localhost:5000", "127.0.0.1:5000", "127.9.9.9", "[::1]:5000"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.com", "127.0.0.1.example.com", "10.0.0.1:5000", "registry", ""] {
            assert!(!is_loopback(host), "{host}");
        }
        assert_eq!(host_of("https://a.b:1/c?d"), "a.b:1");
    }

    #[test]
    fn dates_of_headers_are_read() {
        assert_eq!(imf_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(imf_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(imf_date("Sat, 29 Feb 2020 12:00:00 GMT"), Some(1_582_977_600));
        assert_eq!(imf_date("tomorrow"), None);
        assert_eq!(imf_date("Sun, 99 Nov 1994 08:49:37 GMT"), None);
    }
}
