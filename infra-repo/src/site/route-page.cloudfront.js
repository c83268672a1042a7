/**
 * A CloudFront function at viewer requests (cloudfront-js-2.0). What has no file's extension is a page of the application, which index.html
 * draws, whatever its path; a file that is missing stays missing, so that a browser never takes a page for a script.
 */
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by its name
function handler(event) {
  const request = event.request;
  const name = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (!name.includes('.')) request.uri = '/index.html';
  return request;
}
