//! Where we listen.

use std::net::SocketAddr;

use super::Settings;

/// The two listeners.
#[derive(Clone, Debug)]
pub struct Http {
    /// Updates and health.
    pub listen: SocketAddr,
    /// Metrics; never behind the proxy.
    pub admin: SocketAddr,
}

impl Http {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let mend = "Give an address of this machine and a port, such as 0.0.0.0:8080 or [::]:8080.";
        let listen: SocketAddr = settings.with_default("LISTEN", mend, |text| text.parse().ok());
        let admin: SocketAddr = settings.with_default("ADMIN_LISTEN", mend, |text| text.parse().ok());
        let overlap =
            listen.ip() == admin.ip() || listen.ip().is_unspecified() || admin.ip().is_unspecified();
        if overlap && listen.port() == admin.port() && listen.port() != 0 {
            settings.wrong(
                "ADMIN_LISTEN",
                format!("LISTEN uses port {} already: choose another.", listen.port()),
            );
        }
        Self { listen, admin }
    }
}
