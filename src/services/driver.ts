import type { Greeting, Handshake } from './handshake/greet.ts'
import type { ServerUser } from './server-user.ts'
import type { ServiceProtocol, ServiceRequest } from './service-request.ts'

/** A program to start, as its driver describes it. */
export interface ServerCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Where and as what a server is started. */
export interface LaunchPlace {
  readonly request: ServiceRequest
  /** The server's program. */
  readonly program: string
  /** Empty when nothing is known of it. */
  readonly version: string
  /** A private folder for everything else that the server writes; it is gone afterwards. */
  readonly directory: string
  /** `data` in that folder: what {@link ServerDriver.prepare} fills, and what is cached. */
  readonly data: string
  /** Whom the server runs as; `undefined`: as ourselves. */
  readonly user: ServerUser | undefined
  /** A port for more than the server's own wire. */
  claimPort(): Promise<number>
  /** A program on the `PATH` that servers have. */
  find(program: string): string | undefined
  /**
   * Runs a program to its end, as `user`.
   *
   * @throws MortarError `MORTAR_SERVICE_FAILED`, `MORTAR_SERVICE_TIMEOUT`, `MORTAR_DISK_FULL`
   */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<void>
}

/** What a program gets that is run to its end. */
export interface RunOptions {
  /** Written to its standard input. */
  readonly input?: string
  /** Variables besides those that all servers have. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** How one kind of server is found, prepared, started and asked. One file per server, in `drivers/`. */
export interface ServerDriver {
  readonly protocol: ServiceProtocol
  /** For people: `PostgreSQL`. */
  readonly title: string
  /** The Debian package that brings it. */
  readonly debianPackage: string
  /** Names of the server's program, best first. */
  readonly programs: readonly string[]
  /** Folders to look in besides `PATH`; `*` stands for any one name. */
  readonly folders: readonly string[]
  /** Set when what is on `PATH` may be a wrapper that would not do. */
  readonly foldersFirst?: boolean
  /** The variable in which programs usually look for the address. */
  readonly variable: string
  /** Set when the server refuses to run as root. */
  readonly refusesRoot?: boolean
  /** How it is told to stop at once; whatever it holds is thrown away. */
  readonly stopSignal: NodeJS.Signals
  /** How long a start may take, milliseconds. */
  readonly startTimeoutMs: number
  /** Finds the version in what the program prints for `--version`, or in its path. */
  readonly versionOf: (output: string, program: string) => string | undefined
  /** What the program is asked for its version with; `undefined`: only its path tells. */
  readonly versionArguments: readonly string[] | undefined
  /** Everything that {@link prepare} depends on, besides the version; absent: there is nothing to prepare. */
  readonly preparationKey?: (place: LaunchPlace) => unknown
  /** Fills `place.data`, which does not exist yet. */
  readonly prepare?: (place: LaunchPlace) => Promise<void>
  /** What to start once `data` is there, in order; the last one is the server. */
  readonly commands: (place: LaunchPlace, port: number) => Promise<readonly ServerCommand[]>
  readonly handshake: (request: ServiceRequest) => Handshake<Greeting>
  /** The address as programs read it. */
  readonly url: (request: ServiceRequest, host: string, port: number) => string
  readonly container: ContainerImage
}

/** How the server comes as a container. */
export interface ContainerImage {
  /** Repositories by which a Compose file means this server; the first is ours. */
  readonly repositories: readonly string[]
  /** Tag when no version is wanted. */
  readonly tag: string
  readonly port: number
  env(request: ServiceRequest): Readonly<Record<string, string>>
  /** Arguments after the image. */
  args(request: ServiceRequest): readonly string[]
}
