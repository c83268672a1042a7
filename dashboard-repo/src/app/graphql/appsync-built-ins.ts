/** What AppSync knows without a schema saying so, as far as schema.graphql uses it (Developer Guide, "Scalar types" and "Authorization"). */
export const appSyncBuiltIns = `
scalar AWSDateTime
directive @aws_iam on OBJECT | FIELD_DEFINITION
directive @aws_cognito_user_pools(cognito_groups: [String]) on OBJECT | FIELD_DEFINITION
directive @aws_subscribe(mutations: [String]) on FIELD_DEFINITION
`;
