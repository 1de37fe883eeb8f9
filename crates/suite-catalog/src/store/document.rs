//! Forms, plans and runs as they are kept: JSON texts, each with the version of its format.

use sea_orm::DbErr;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document<T> {
    version: u32,
    content: T,
}

pub fn write<T: Serialize>(content: &T) -> Result<String, DbErr> {
    let document = Document { version: VERSION, content };
    serde_json::to_string(&document).map_err(|error| DbErr::Custom(error.to_string()))
}

pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, DbErr> {
    let unreadable = |reason: String| DbErr::Custom(format!("a document is unreadable: {reason}"));
    let document: Document<T> =
        serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
    if document.version != VERSION {
        return Err(unreadable(format!("its version is {}, not {VERSION}", document.version)));
    }
    Ok(document.content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_another_version_is_not_guessed_at() {
        assert_eq!(read::<Vec<u8>>(&write(&[1_u8, 2]).unwrap()).unwrap(), [1, 2]);
        let later = read::<Vec<u8>>(r#"{"version":2,"content":[]}"#).unwrap_err();
        assert!(later.to_string().contains("version is 2"), "{later}");
    }
}
