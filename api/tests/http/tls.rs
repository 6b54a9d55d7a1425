//! TLS by certificate and key: the same server, reached by https alone.

use super::{desk::KEY, wire::Wire};
use crate::support::database::folder;
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, pki_types::ServerName},
};

/// One request over TLS, and everything that comes back.
async fn ask(wire: &Wire, trusted: &rcgen::Certificate, head: &str, body: &str) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.der().clone()).expect("a certificate");
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(("127.0.0.1", wire.port)).await.expect("it listens");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("TLS");
    let rest =
        format!("Host: localhost:{}\r\nConnection: close\r\nContent-Length: {}", wire.port, body.len());
    stream.write_all(format!("{head}\r\n{rest}\r\n\r\n{body}").as_bytes()).await.expect("it reads");
    let mut answer = Vec::new();
    // A server that closes without a word of TLS is a server that closed.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_and_its_key_turn_tls_on() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let files = folder();
    let (certificate, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).expect("a file");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("a file");
    let by_path = [certificate.to_str().expect("a path"), key.to_str().expect("a path")].map(str::to_owned);
    let by_text = [made.cert.pem(), made.signing_key.serialize_pem()];
    for [certificate, key] in [by_path, by_text] {
        let wire = Wire::with(&[("tls_cert", &certificate), ("tls_key", &key)]).await;
        let health = ask(&wire, &made.cert, "GET /health HTTP/1.1", "").await;
        assert!(health.starts_with("HTTP/1.1 200"), "{health}");
        assert!(health.contains("strict-transport-security: max-age=31536000"), "{health}");

        let origin = format!("https://localhost:{}", wire.port);
        let login = |origin: &str| {
            format!("POST /api/v1/session HTTP/1.1\r\nOrigin: {origin}\r\nContent-Type: application/json")
        };
        let body = format!("{{\"key\":\"{KEY}\"}}");
        let session = ask(&wire, &made.cert, &login(&origin), &body).await;
        assert!(session.starts_with("HTTP/1.1 200"), "{session}");
        assert!(session.contains("set-cookie: __Host-quarterdeck_session="), "{session}");
        let plain = ask(&wire, &made.cert, &login(&origin.replace("https", "http")), &body).await;
        assert!(plain.starts_with("HTTP/1.1 403"), "{plain}");
    }
}
