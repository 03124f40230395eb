//! Where a webhook points.

use std::net::SocketAddr;

/// A webhook's URL that this server accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Target {
    /// What to connect to: `host:port`.
    pub(super) address: String,
    /// The request up to the length of its body.
    pub(super) head: Vec<u8>,
}

impl Target {
    /// Reads a URL. The error is Telegram's text after `Bad Request: bad webhook: `.
    pub(in super::super) fn read(url: &str, secret: Option<&str>, local: bool) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let path = path.split('#').next().unwrap_or("/");
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err("invalid webhook URL specified".to_owned()),
        };
        let (host, port) = split_port(authority, secure)?;
        if url.bytes().any(|byte| byte <= b' ' || byte == 0x7f) || host.is_empty() {
            return Err("invalid webhook URL specified".to_owned());
        }
        if !local {
            if !secure {
                return Err("An HTTPS URL must be provided for webhook".to_owned());
            }
            if ![80, 88, 443, 8443].contains(&port) {
                return Err("Webhook can be set up only on ports 80, 88, 443 or 8443".to_owned());
            }
            if host.starts_with('[') {
                return Err("IPv6-only addresses are not allowed".to_owned());
            }
            if let Some(reserved) = reserved(host) {
                return Err(format!("IP address {reserved} is reserved"));
            }
        }
        if secure {
            return Err("this simulator speaks no TLS to webhooks".to_owned());
        }
        // As the real server writes it: no port in Host, no User-Agent.
        let mut head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\n");
        if let Some(secret) = secret {
            head.push_str("X-Telegram-Bot-Api-Secret-Token: ");
            head.push_str(secret);
            head.push_str("\r\n");
        }
        head.push_str("Content-Type: application/json\r\nConnection: keep-alive\r\nAccept-Encoding: gzip, deflate\r\nContent-Length: ");
        Ok(Self { address: format!("{host}:{port}"), head: head.into_bytes() })
    }
}

fn split_port(authority: &str, secure: bool) -> Result<(&str, u16), String> {
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    let after_ip = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[after_ip..].find(':') {
        Some(at) => {
            let port = authority[after_ip + at + 1..].parse().ok().filter(|port| *port > 0);
            Ok((&authority[..after_ip + at], port.ok_or("invalid webhook URL specified")?))
        }
        None => Ok((authority, if secure { 443 } else { 80 })),
    }
}

fn reserved(host: &str) -> Option<&str> {
    let address: SocketAddr = format!("{host}:1").parse().ok()?;
    let SocketAddr::V4(address) = address else { return None };
    let ip = address.ip();
    (ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_server_takes_https_on_four_ports_only() {
        let refused = |url: &str| Target::read(url, None, false).unwrap_err();
        assert_eq!(refused("http://example.org/x"), "An HTTPS URL must be provided for webhook");
        assert_eq!(
            refused("https://example.org:8080/x"),
            "Webhook can be set up only on ports 80, 88, 443 or 8443"
        );
        assert_eq!(refused("https://127.0.0.1/x"), "IP address 127.0.0.1 is reserved");
        assert_eq!(refused("https://[::1]/x"), "IPv6-only addresses are not allowed");
        assert_eq!(refused("ftp://example.org/x"), "invalid webhook URL specified");
    }

    #[test]
    fn a_local_server_takes_plain_http_on_any_port() {
        let target = Target::read("http://127.0.0.1:8080/telegram/1?a=b", Some("s3"), true).unwrap();
        assert_eq!(target.address, "127.0.0.1:8080");
        let head = String::from_utf8(target.head).unwrap();
        assert!(head.starts_with("POST /telegram/1?a=b HTTP/1.1\r\nHost: 127.0.0.1\r\n"), "{head}");
        assert!(head.contains("X-Telegram-Bot-Api-Secret-Token: s3\r\n"));
        assert_eq!(Target::read("http://localhost", None, true).unwrap().address, "localhost:80");
        assert_eq!(Target::read("http://h:x/", None, true).unwrap_err(), "invalid webhook URL specified");
    }
}
