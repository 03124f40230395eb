//! Prometheus with the configuration and the rules that the project ships.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::probe::serves;
use crate::{Folder, Port, Process};

const MAIN: &str = include_str!("../../../deploy/prometheus/prometheus.yml");
const RULES: [(&str, &str); 2] = [
    ("rules/recording.yml", include_str!("../../../deploy/prometheus/rules/recording.yml")),
    ("rules/alerts.yml", include_str!("../../../deploy/prometheus/rules/alerts.yml")),
];
/// What the shipped file says where a testbed says something else: nobody waits for 15 seconds here.
const SHIPPED_INTERVAL: &str = "_interval: 15s";

/// A Prometheus on loopback.
#[derive(Debug)]
pub struct Prometheus {
    process: Process,
    port: Port,
    _folder: Folder,
}

impl Prometheus {
    /// Starts it; it asks the instances whose metrics are at these addresses, each second.
    pub async fn start(instances: &[String]) -> Result<Self> {
        Self::start_with(instances, str::to_owned).await
    }

    /// The same with alerts that are raised after seconds of what they warn of, however long they are to wait for it.
    pub async fn start_hasty(instances: &[String]) -> Result<Self> {
        let hasty = |rules: &str| {
            let lines = rules.lines().map(|line| match line.split_once("for: ") {
                Some((indent, _)) if indent.trim().is_empty() => format!("{indent}for: 2s"),
                _ => line.to_owned(),
            });
            lines.collect::<Vec<_>>().join("\n")
        };
        Self::start_with(instances, hasty).await
    }

    async fn start_with(instances: &[String], rules: impl Fn(&str) -> String) -> Result<Self> {
        let (port, folder) = (Port::free()?, Folder::new("prometheus")?);
        ensure!(MAIN.contains(SHIPPED_INTERVAL), "prometheus.yml no longer says {SHIPPED_INTERVAL:?}");
        let write = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap_or(Path::new("")))?;
            std::fs::write(file, text).with_context(|| format!("cannot write {name}"))
        };
        write("prometheus.yml", &MAIN.replace(SHIPPED_INTERVAL, "_interval: 1s"))?;
        for (name, text) in RULES {
            write(name, &rules(text))?;
        }
        write("instances/fleet.yml", &serde_json::json!([{ "targets": instances }]).to_string())?;
        let mut command = Command::new("prometheus");
        command
            .arg(format!("--config.file={}", folder.path().join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={}", port.address()));
        let process = Process::start("prometheus", &command, folder.path().join("prometheus.log"))?;
        let mut prometheus = Self { process, port, _folder: folder };
        let address = prometheus.port.address();
        // It listens before it can be asked anything.
        prometheus.process.answers(|| serves(&address, "/-/ready")).await?;
        Ok(prometheus)
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.port.address())
    }

    /// The guarded process, for its log.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}
