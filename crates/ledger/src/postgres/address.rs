//! Where a ledger on a server lies.

use core::error::Error;
use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use postgres::Config;
use postgres::config::Host;

use super::tls::Tls;
use crate::error::{LedgerError, Result};

/// Beginnings of an address.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// The schema of a ledger whose address names none.
const USUAL_SCHEMA: &str = "groundwork";
/// Bytes of the longest name that PostgreSQL keeps.
const LONGEST_NAME: usize = 63;

/// Is the address of a ledger on a PostgreSQL server:
/// `postgres://USER@HOST/DATABASE?schema=NAME`. Each schema of a database can hold one ledger.
#[derive(Clone)]
pub struct PostgresAddress {
    pub(super) config: Config,
    pub(super) schema: String,
    pub(super) tls: Tls,
    /// File with the certificates of authorities, where the address names one.
    root_file: Option<String>,
}

impl PostgresAddress {
    /// Says whether a text is meant as such an address, and not as the name of a file.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        SCHEMES.iter().any(|scheme| text.starts_with(scheme))
    }

    /// Reads an address; `password` is taken where it holds none.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, the schema has a name that is not allowed, or the connection might cross a network without
    /// being encrypted (`sslmode=prefer`) and the address does not allow that in so many words (`sslmode=disable`).
    pub fn read(text: &str, password: Option<&str>) -> Result<Self> {
        let unfit = |cause: String| LedgerError::NotALedger(cause);
        let Parts { server, schema, mode, root_file } = parts(text);
        let mut config: Config = server.parse().map_err(|error: postgres::Error| {
            // What is wrong stands in the source; the error itself says only that something is.
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            unfit(format!("the address of the server cannot be read: {cause}"))
        })?;
        let schema = schema.unwrap_or(USUAL_SCHEMA);
        if !is_name(schema) {
            return Err(unfit(format!(
                "`{}` is no name of a schema: it takes small letters, digits and _, begins with a letter, is at most \
                 {LONGEST_NAME} long, and is not one of the server's own (pg_..., information_schema, public)",
                schema.escape_debug()
            )));
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(unfit("the address names no server".to_owned()));
        }
        let tls = match mode {
            None if stays_here(&config) => Tls::Off,
            None | Some("verify-full" | "verify-ca") => Tls::Proved(None),
            // As others read it: with certificates of its own it is proved by them.
            Some("require") if root_file.is_some() => Tls::Proved(None),
            Some("require") => Tls::Unproved,
            Some("disable") => Tls::Off,
            Some("allow" | "prefer") if stays_here(&config) => Tls::Off,
            Some("allow" | "prefer") => {
                return Err(unfit(
                    "the connection to the server might not be encrypted; leave sslmode out, so that it is, or write \
                     `sslmode=disable` where the network is your own"
                        .to_owned(),
                ));
            }
            Some(other) => {
                return Err(unfit(format!(
                    "`{}` is no sslmode: write disable, require or verify-full",
                    other.escape_debug()
                )));
            }
        };
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        config.application_name("groundwork");
        let root_file = root_file.map(str::to_owned);
        Ok(Self { config, schema: schema.to_owned(), tls, root_file })
    }

    /// Returns the file with the certificates by which the server is known, where the address names one (`sslrootcert`) and
    /// the server has to prove who it is; whoever reads it hands it over [`with_roots`](Self::with_roots).
    #[must_use]
    pub fn root_file(&self) -> Option<&str> {
        self.root_file.as_deref().filter(|_| matches!(self.tls, Tls::Proved(_)))
    }

    /// Takes the certificates (PEM) by which the server is known.
    #[must_use]
    pub fn with_roots(mut self, pem: Vec<u8>) -> Self {
        if let Tls::Proved(roots) = &mut self.tls {
            *roots = Some(pem);
        }
        self
    }
}

/// Is an address with the parameters taken out that are read here.
struct Parts<'t> {
    server: String,
    schema: Option<&'t str>,
    mode: Option<&'t str>,
    root_file: Option<&'t str>,
}

fn parts(text: &str) -> Parts<'_> {
    let (server, parameters) = text.split_once('?').unwrap_or((text, ""));
    let mut parts = Parts { server: String::new(), schema: None, mode: None, root_file: None };
    let mut others = Vec::new();
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some(("schema", name)) => parts.schema = Some(name),
            Some(("sslmode", mode)) => parts.mode = Some(mode),
            Some(("sslrootcert", file)) => parts.root_file = Some(file),
            _ => others.push(parameter),
        }
    }
    let mark = if others.is_empty() { "" } else { "?" };
    parts.server = format!("{server}{mark}{}", others.join("&"));
    parts
}

/// Says whether a name can be put into a statement as it is.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.bytes().all(plain)
        && name.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
        && name.len() <= LONGEST_NAME
        && !name.starts_with("pg_")
        && !["information_schema", "public"].contains(&name)
}

/// Says whether what is sent stays on this machine.
fn stays_here(config: &Config) -> bool {
    let local = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let addresses = config.get_hostaddrs();
    if addresses.is_empty() {
        config.get_hosts().iter().all(local)
    } else {
        addresses.iter().all(IpAddr::is_loopback)
    }
}

/// Names the ledger as people may see it: without user and password.
impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.config.get_dbname().or(self.config.get_user()).unwrap_or_default();
        write!(f, "schema {} of database {database}", self.schema)?;
        match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => write!(f, " on {name}"),
            _ => write!(f, " on this machine"),
        }
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::{PostgresAddress, Tls};

    fn refused(text: &str) -> String {
        PostgresAddress::read(text, None).expect_err("refused").to_string()
    }

    #[test]
    fn an_address_names_server_database_and_schema() {
        let read = |text| PostgresAddress::read(text, Some("secret")).expect("an address");
        let usual = read("postgres://monitor@localhost/evidence");
        assert_eq!(usual.to_string(), "schema groundwork of database evidence on localhost");
        let named = read(
            "postgresql://monitor:own@127.0.0.1:5433/evidence?schema=prk_20x10&sslmode=prefer",
        );
        assert_eq!(named.to_string(), "schema prk_20x10 of database evidence on 127.0.0.1");
        assert_eq!(named.config.get_password(), Some(&b"own"[..]));
        assert_eq!(named.config.get_ports(), [5433]);
        assert_eq!(usual.config.get_password(), Some(&b"secret"[..]), "where it holds none");
        assert!(!format!("{named:?} {named}").contains("own"), "nobody sees the password");
    }

    #[test]
    fn a_schema_that_could_be_read_as_something_else_is_refused() {
        let long = "a".repeat(64);
        for name in [
            "",
            "A",
            "1a",
            "a-b",
            "a b",
            "a\"; DROP SCHEMA public; --",
            "a%22",
            "pg_catalog",
            "public",
            "information_schema",
            "\u{e9}",
            long.as_str(),
        ] {
            let said = refused(&format!("postgres://localhost/x?schema={name}"));
            assert!(said.contains("is no name of a schema"), "{name}: {said}");
        }
        let longest = format!("postgres://localhost/x?schema={}", &long[1..]);
        PostgresAddress::read(&longest, None).expect("63 letters");
    }

    #[test]
    fn nothing_crosses_a_network_in_the_open_unless_the_address_says_so() {
        let read = |text: &str| PostgresAddress::read(text, None).expect("an address");
        let tls = |text: &str| read(text).tls;
        for host in ["10.0.0.7", "ledger.example.org", "localhost,db.example.org"] {
            let url = format!("postgres://monitor@{host}/evidence");
            assert_eq!(tls(&url), Tls::Proved(None), "{host}");
            assert_eq!(tls(&format!("{url}?sslmode=disable")), Tls::Off);
            assert_eq!(tls(&format!("{url}?sslmode=require&schema=a")), Tls::Unproved);
            assert_eq!(tls(&format!("{url}?sslmode=verify-full")), Tls::Proved(None));
            for mode in ["prefer", "allow"] {
                let said = refused(&format!("{url}?sslmode={mode}"));
                assert!(said.contains("might not be encrypted"), "{host}: {said}");
            }
        }
        assert_eq!(tls("postgres://localhost/evidence?hostaddr=10.0.0.7"), Tls::Proved(None));
        assert_eq!(tls("postgres:///evidence?host=/run/postgresql"), Tls::Off);
        assert_eq!(tls("postgres://localhost/evidence"), Tls::Off);
        let rooted = read("postgres://10.0.0.7/x?sslmode=require&sslrootcert=/etc/ca.pem");
        assert_eq!(rooted.root_file(), Some("/etc/ca.pem"));
        assert_eq!(rooted.with_roots(vec![1]).tls, Tls::Proved(Some(vec![1])));
        assert!(refused("postgres://localhost/x?sslmode=sometimes").contains("is no sslmode"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert!(refused("postgres://localhost/x?speed=high").contains("speed"));
        assert!(refused("postgres://").contains("names no server"));
        assert!(PostgresAddress::is_meant("postgres://x") && !PostgresAddress::is_meant("x.db"));
    }
}
