/** What ends the command with a line for the person and an exit code of the contract. */
export class Failure extends Error {
  constructor(
    message: string,
    /** 2: wrong usage or configuration. 3: a program or a state file that cannot be run or read. */
    readonly exitCode: 2 | 3,
  ) {
    super(message);
  }
}
