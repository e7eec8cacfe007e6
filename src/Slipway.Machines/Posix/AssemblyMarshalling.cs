using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Only blittable types cross into libc, and libc is never looked for beside the program.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
