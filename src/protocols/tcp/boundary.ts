import type { BoundaryInput, BoundaryOptions } from '../../core/boundary.ts'

/** A service that speaks a protocol Mortar does not know: its bytes are recorded and replayed as they are. */
export interface TcpBoundaryOptions extends BoundaryOptions {
  /** Host and port: `tcp://mail.example.com:25`; `tls://` where the connection is encrypted. */
  readonly origin: string
  /** More origins of the same service. */
  readonly aliases?: readonly string[]
}

/** The options of a TCP boundary as the config holds them. */
export interface TcpBoundaryInput extends TcpBoundaryOptions, BoundaryInput {
  readonly protocol: 'tcp'
  readonly origin: string
}

/** Declares a TCP boundary in `defineConfig`. */
export function tcp(options: TcpBoundaryOptions): TcpBoundaryInput {
  return { ...options, protocol: 'tcp' }
}
