//! A service's OpenAPI document: what its handlers say, and what holds for all of them.

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, ResponseBuilder};

use super::Definition;
use crate::problem::{Kind, PROBLEM_MEDIA_TYPE, ProblemBody};

/// What the kit's routes of the audit trail are tagged with.
const AUDIT_TAG: &str = "audit";

/// The document of a service, with its title and its problems.
pub fn described(definition: &Definition, mut document: OpenApi) -> OpenApi {
    let service = definition.name;
    document.info.title = format!("iTechSmart {}", service.title());
    document.info.version = "1".to_owned();
    document.info.description = Some(description());
    let components = document.components.get_or_insert_default();
    let mut schemas = Vec::new();
    <ProblemBody as utoipa::ToSchema>::schemas(&mut schemas);
    schemas.push(("Problem".to_owned(), <ProblemBody as utoipa::PartialSchema>::schema()));
    components.schemas.extend(schemas);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
        "An access token, or an API key (`itk_…`). The scopes are the permissions asked for.",
    ));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch];
        for operation in operations.into_iter().chain([&mut item.delete]).flatten() {
            describe_problems(operation);
            // The kit's own routes, which do not know what the service asks for.
            if operation.tags.iter().flatten().any(|tag| tag == AUDIT_TAG) {
                let asked = SecurityRequirement::new("bearer", [definition.audit_read.name]);
                operation.security = Some(vec![asked]);
            }
        }
        if let Some(post) = item.post.as_mut().filter(|post| post.security.is_some()) {
            describe_key(post);
        }
    }
    document
}

fn describe_problems(operation: &mut Operation) {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new()
        .description("A problem (RFC 9457) of the closed set that the description lists")
        .content(PROBLEM_MEDIA_TYPE, content)
        .build();
    operation.responses.responses.insert("default".to_owned(), response.into());
}

fn describe_key(operation: &mut Operation) {
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(128)).build();
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some("The same key with the same request is done once, within 24 hours"))
        .schema(Some(text))
        .build();
    operation.parameters.get_or_insert_default().push(key.into());
}

fn description() -> String {
    let mut text = String::from(
        "Keys are snake_case; ids are UUIDs; times are RFC 3339 in UTC. Lists come in pages: pass \
         `next` as `cursor`. Changes carry the `ETag` that was read as `If-Match`. A POST that \
         carries an `Idempotency-Key` may be repeated. Errors are problems as RFC 9457 describes \
         them, of these kinds:\n\n| kind | status | title |\n|---|---|---|\n",
    );
    for kind in Kind::ALL {
        let name = serde_json::to_value(kind).unwrap_or_default();
        let name = name.as_str().unwrap_or_default();
        text += &format!("| `{name}` | {} | {} |\n", kind.status().as_u16(), kind.title());
    }
    text
}
