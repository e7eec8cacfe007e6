using System.Text;

namespace Slipway.TestKit;

/// <summary>One member of a wheel's archive.</summary>
/// <param name="Path">The name, written as it is.</param>
/// <param name="Content">The bytes; of a link, its target.</param>
/// <param name="Mode">File type and permissions as in <c>st_mode</c>.</param>
internal sealed record WheelMember(string Path, byte[] Content, int Mode)
{
    private const int RegularFile = 0x8000;
    private const int SymbolicLink = 0xA000;
    private const int ReadableByAll = 0x1A4;
    private const int ExecutableByAll = 0x1ED;
    private const int EverythingForAll = 0x1FF;

    internal static WheelMember File(string path, byte[] content) => new(path, content, RegularFile | ReadableByAll);

    internal static WheelMember File(string path, string content) => File(path, Encoding.UTF8.GetBytes(content));

    internal static WheelMember Program(string path, byte[] content) => new(path, content, RegularFile | ExecutableByAll);

    internal static WheelMember Link(string path, string target) =>
        new(path, Encoding.UTF8.GetBytes(target), SymbolicLink | EverythingForAll);
}
