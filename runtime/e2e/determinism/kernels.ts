/** What a kernel must not have, so that its bits cannot depend on the machine. */
import binaryen from 'binaryen';

/** Everything that the engines of today have, but for the instructions whose results a processor may choose. */
const STRICT = binaryen.Features.All & ~binaryen.Features.RelaxedSIMD;

/** What is wrong with a module: imports, by which a host's arithmetic could come in, and relaxed instructions. */
export function faultsOfKernel(bytes: Uint8Array<ArrayBuffer>): string[] {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  return [...imports.map(({ module, name }) => `it imports ${module}.${name}`), ...relaxedIn(bytes)];
}

function relaxedIn(bytes: Uint8Array): string[] {
  const module = binaryen.readBinary(bytes);
  try {
    module.setFeatures(STRICT);
    return module.validate() ? [] : ['it has relaxed SIMD instructions'];
  } finally {
    module.dispose();
  }
}
