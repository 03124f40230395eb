//! Which connections a process has: the link between a process that is about to die and the calls it made.

use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The local addresses of a process's TCP connections over IPv4 and IPv6 (addresses mapped into IPv6 as IPv4). Read from
/// `/proc` (proc(5)), so the process must still be there and must be ours.
pub(crate) fn connections_of(pid: u32) -> io::Result<HashSet<SocketAddr>> {
    let mut sockets = HashSet::new();
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd"))? {
        // A descriptor may close between the listing and the look.
        let Ok(target) = std::fs::read_link(entry?.path()) else { continue };
        let name = target.to_string_lossy();
        if let Some(inode) = name.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']')) {
            sockets.insert(inode.to_owned());
        }
    }
    let mut found = HashSet::new();
    for table in ["tcp", "tcp6"] {
        let Ok(text) = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")) else { continue };
        for line in text.lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            if let (Some(local), Some(inode)) = (columns.get(1), columns.get(9))
                && sockets.contains(*inode)
                && let Some(address) = address(local)
            {
                found.insert(address);
            }
        }
    }
    Ok(found)
}

/// Reads `0100007F:1F90`: the address as 32-bit words in the machine's byte order, the port as a number.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = Vec::with_capacity(16);
    for start in (0..ip.len()).step_by(8) {
        let word = u32::from_str_radix(ip.get(start..start + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let ip = match bytes.len() {
        4 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        _ => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)).to_canonical(),
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn our_own_connections_are_found() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let found = connections_of(std::process::id()).unwrap();
        assert!(found.contains(&stream.local_addr().unwrap()));
        assert!(found.contains(&listener.local_addr().unwrap()));
    }

    #[test]
    fn addresses_are_read_in_the_machine_s_order() {
        assert_eq!(address("0100007F:1F90"), Some("127.0.0.1:8080".parse().unwrap()));
        assert_eq!(address("0000000000000000FFFF00000100007F:0050"), Some("127.0.0.1:80".parse().unwrap()));
        assert_eq!(address("rubbish"), None);
    }

    #[test]
    fn a_process_that_is_gone_is_an_error() {
        assert!(connections_of(u32::MAX).is_err());
    }
}
