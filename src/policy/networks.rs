//! Addresses, networks and URLs, as the functions of Kubernetes read them.

use std::net::{IpAddr, Ipv4Addr};

/// A network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    /// The address as written.
    pub ip: IpAddr,
    /// How many of its bits count.
    pub prefix: u8,
}

/// Reads an address; what Go refuses (zones, IPv4 in IPv6) is refused.
pub fn parse_ip(text: &str) -> Option<IpAddr> {
    let ip: IpAddr = text.parse().ok()?;
    let mapped = matches!(ip, IpAddr::V6(six) if six.to_ipv4_mapped().is_some());
    (!mapped).then_some(ip)
}

/// Whether an address is of the kind that a function asks for.
pub fn is_kind(ip: IpAddr, question: &str) -> Option<bool> {
    Some(match (question, ip) {
        ("isUnspecified", ip) => ip.is_unspecified(),
        ("isLoopback", ip) => ip.is_loopback(),
        ("isLinkLocalMulticast", IpAddr::V4(ip)) => ip.octets().starts_with(&[224, 0, 0]),
        ("isLinkLocalMulticast", IpAddr::V6(ip)) => ip.segments().first().is_some_and(|head| head & 0xff0f == 0xff02),
        ("isLinkLocalUnicast", IpAddr::V4(ip)) => ip.is_link_local(),
        ("isLinkLocalUnicast", IpAddr::V6(ip)) => ip.segments().first().is_some_and(|head| head & 0xffc0 == 0xfe80),
        ("isGlobalUnicast", IpAddr::V4(ip)) => {
            let special = ip.is_unspecified() || ip.is_loopback() || ip.is_multicast() || ip.is_link_local();
            !special && ip != Ipv4Addr::BROADCAST
        }
        ("isGlobalUnicast", IpAddr::V6(ip)) => {
            let local = ip.segments().first().is_some_and(|head| head & 0xffc0 == 0xfe80);
            !(ip.is_unspecified() || ip.is_loopback() || ip.is_multicast() || local)
        }
        _ => return None,
    })
}

impl Cidr {
    /// Reads `10.0.0.0/8`.
    pub fn parse(text: &str) -> Option<Self> {
        let (ip, prefix) = text.split_once('/')?;
        let ip = parse_ip(ip)?;
        let plain = prefix.bytes().all(|byte| byte.is_ascii_digit()) && (prefix == "0" || !prefix.starts_with('0'));
        let prefix = prefix.parse().ok().filter(|prefix| plain && *prefix <= bits(ip))?;
        Some(Self { ip, prefix })
    }

    /// The same network by its first address.
    pub fn masked(self) -> Self {
        let ip = match self.ip {
            IpAddr::V4(ip) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V4((u32::from(ip) & mask).into())
            }
            IpAddr::V6(ip) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                IpAddr::V6((u128::from(ip) & mask).into())
            }
        };
        Self { ip, ..self }
    }

    /// Whether an address lies in it.
    pub fn contains_ip(self, ip: IpAddr) -> bool {
        bits(ip) == bits(self.ip) && Self { ip, prefix: self.prefix }.masked().ip == self.masked().ip
    }

    /// Whether another network lies in it.
    pub fn contains(self, other: Self) -> bool {
        other.prefix >= self.prefix && self.contains_ip(other.ip)
    }
}

const fn bits(ip: IpAddr) -> u8 {
    if ip.is_ipv4() { 32 } else { 128 }
}

/// A URL with a scheme and a host, or a path alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// `https`.
    pub scheme: String,
    /// `example.com:8080`.
    pub host: String,
    /// `/path`.
    pub path: String,
}

impl Url {
    /// Reads an absolute URL or an absolute path, as `url.ParseRequestURI` of Go does.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte > b' ' && byte != 0x7f && byte.is_ascii());
        if text.is_empty() || !plain {
            return None;
        }
        let text = text.split('?').next().unwrap_or_default();
        if text.starts_with('/') {
            return Some(Self { path: text.to_owned(), ..Self::default() });
        }
        let (scheme, rest) = text.split_once("://")?;
        let letters = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
        if !letters || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) {
            return None;
        }
        let end = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let host = authority.rsplit('@').next().unwrap_or_default();
        let port = if host.ends_with(']') { None } else { host.rsplit_once(':') };
        if port.is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit())) {
            return None;
        }
        Some(Self { scheme: scheme.to_ascii_lowercase(), host: host.to_owned(), path: path.to_owned() })
    }

    /// The host without its port and brackets.
    pub fn hostname(&self) -> &str {
        match self.host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((inner, _)) => inner,
            None => self.host.split(':').next().unwrap_or_default(),
        }
    }

    /// The port, or nothing.
    pub fn port(&self) -> &str {
        let behind = self.host.rsplit(']').next().unwrap_or_default();
        behind.split_once(':').map_or("", |(_, port)| port)
    }
}
