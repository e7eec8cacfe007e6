using System.Reflection;

namespace Slipway.Architecture.Tests;

public sealed class RoomOrderTests
{
    public static TheoryData<string> Names => [.. Rooms.Order];

    [Theory]
    [MemberData(nameof(Names))]
    public void Room_references_only_lower_rooms(string room)
    {
        var allowed = Rooms.Order.TakeWhile(name => !string.Equals(name, room, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var referenced = Rooms.Load(room).GetReferencedAssemblies()
            .Select(assembly => assembly.Name!)
            .Where(name => name.StartsWith("slipway", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(referenced, name => !allowed.Contains(name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Room_calls_the_system_only_from_Machines(string room)
    {
        const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var imports = Rooms.Load(room).GetTypes()
            .SelectMany(type => type.GetMethods(All))
            .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            .Select(method => $"{method.DeclaringType}.{method.Name}")
            .ToList();
        Assert.Equal(room is "Slipway.Machines", imports.Count > 0);
    }

    [Fact]
    public void Folders_below_src_are_the_rooms() =>
        Assert.Equal(
            Rooms.Folders.Order(StringComparer.Ordinal),
            Directory.GetDirectories(SourceTree.Src).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

    [Fact]
    public void Core_uses_no_file_process_clock_or_network()
    {
        string[] forbidden =
            ["System.Diagnostics.Process", "System.IO.FileSystem", "System.Net.Http", "System.Net.Sockets", "System.Console"];
        var referenced = Rooms.Load("Slipway.Core").GetReferencedAssemblies().Select(assembly => assembly.Name);
        Assert.Empty(referenced.Intersect(forbidden, StringComparer.Ordinal));
    }
}
