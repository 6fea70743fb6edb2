//! How the connection to a server is encrypted, and by what the server is known.

use std::sync::Arc;

use postgres::Client;
use postgres::Config;
use postgres::config::SslMode;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{LedgerError, Result};

/// Says how a connection is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tls {
    /// Not at all.
    Off,
    /// Encrypted; who answers is not asked. Somebody in between could pose as the server.
    Unproved,
    /// Encrypted, and the server shows a certificate for its name, by one of these authorities (PEM), or by one that
    /// browsers trust where none are given.
    Proved(Option<Vec<u8>>),
}

/// Connects to the server.
pub(super) fn connect(config: &Config, tls: &Tls) -> Result<Client> {
    match tls {
        Tls::Off => Ok(config.connect(postgres::NoTls)?),
        encrypted => {
            let mut config = config.clone();
            config.ssl_mode(SslMode::Require);
            Ok(config.connect(MakeRustlsConnect::new(client_config(encrypted)?))?)
        }
    }
}

fn client_config(tls: &Tls) -> Result<ClientConfig> {
    let unfit = |error: rustls::Error| LedgerError::NotALedger(error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(unfit)?;
    let pem = match tls {
        Tls::Off | Tls::Unproved => {
            let anyone = Arc::new(Anyone(provider));
            let builder = builder.dangerous().with_custom_certificate_verifier(anyone);
            return Ok(builder.with_no_client_auth());
        }
        Tls::Proved(pem) => pem,
    };
    let mut roots = RootCertStore::empty();
    if let Some(pem) = pem {
        for found in CertificateDer::pem_slice_iter(pem) {
            let found = found.map_err(|error| {
                LedgerError::NotALedger(format!("sslrootcert holds no certificates: {error}"))
            })?;
            roots.add(found).map_err(unfit)?;
        }
        if roots.is_empty() {
            let cause = "sslrootcert holds no certificate (PEM)".to_owned();
            return Err(LedgerError::NotALedger(cause));
        }
    } else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Takes any certificate, as `sslmode=require` asks; the signatures of the connection are held against it.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
