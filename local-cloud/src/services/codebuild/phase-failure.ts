/** Why a phase failed, as its context in BatchGetBuilds tells it. */
export class PhaseFailure extends Error {
  /** Such as COMMAND_EXECUTION_ERROR, CLIENT_ERROR, YAML_FILE_ERROR. */
  readonly statusCode: string;

  constructor(statusCode: string, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
