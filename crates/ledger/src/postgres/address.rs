//! Where a ledger on a server lies.

use core::error::Error;
use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode};

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
    /// Where it cannot be read, the schema has a name that is not allowed, or the connection would cross a network
    /// without being encrypted and the address does not allow that in so many words (`sslmode=disable`).
    pub fn read(text: &str, password: Option<&str>) -> Result<Self> {
        let unfit = |cause: String| LedgerError::NotALedger(cause);
        let (server, schema) = without_schema(text);
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
        if config.get_ssl_mode() != SslMode::Disable && !stays_here(&config) {
            return Err(unfit(
                "the connection to the server would not be encrypted; lead it through a tunnel, or add `sslmode=disable` \
                 to the address where the network is your own"
                    .to_owned(),
            ));
        }
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        config.application_name("groundwork");
        Ok(Self { config, schema: schema.to_owned() })
    }
}

/// Takes the parameter `schema` out of an address.
fn without_schema(text: &str) -> (String, Option<&str>) {
    let Some((server, parameters)) = text.split_once('?') else { return (text.to_owned(), None) };
    let mut schema = None;
    let mut others = Vec::new();
    for parameter in parameters.split('&') {
        match parameter.strip_prefix("schema=") {
            Some(name) => schema = Some(name),
            None => others.push(parameter),
        }
    }
    let mark = if others.is_empty() { "" } else { "?" };
    (format!("{server}{mark}{}", others.join("&")), schema)
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
    use super::PostgresAddress;

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
        for host in ["10.0.0.7", "ledger.example.org", "localhost,db.example.org"] {
            let said = refused(&format!("postgres://monitor@{host}/evidence"));
            assert!(said.contains("would not be encrypted"), "{host}: {said}");
            let allowed = format!("postgres://monitor@{host}/evidence?sslmode=disable");
            PostgresAddress::read(&allowed, None).expect("allowed");
        }
        let said = refused("postgres://localhost/evidence?hostaddr=10.0.0.7");
        assert!(said.contains("would not be encrypted"), "{said}");
        PostgresAddress::read("postgres:///evidence?host=/run/postgresql", None).expect("a socket");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert!(refused("postgres://localhost/x?speed=high").contains("speed"));
        assert!(refused("postgres://").contains("names no server"));
        assert!(PostgresAddress::is_meant("postgres://x") && !PostgresAddress::is_meant("x.db"));
    }
}
