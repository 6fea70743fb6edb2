//! Whatever stands in a plan or a certificate, the checker answers.
