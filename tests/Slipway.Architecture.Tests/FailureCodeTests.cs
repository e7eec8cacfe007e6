using System.Text.RegularExpressions;
using Slipway.Core.Failures;

namespace Slipway.Architecture.Tests;

public sealed partial class FailureCodeTests
{
    private static readonly IReadOnlyList<FailureCode> All = [.. Rooms.Order.SelectMany(FailureCodes.Of)];

    public static TheoryData<string> Ids => [.. All.Select(code => code.Id)];

    [Fact]
    public void Ids_are_unique_over_all_rooms() =>
        Assert.Empty(All.GroupBy(code => code.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void Every_room_uses_one_prefix_of_its_own()
    {
        var prefixes = Rooms.Order.ToDictionary(
            room => room, room => FailureCodes.Of(room).Select(code => code.Id[..3]).Distinct(StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
        Assert.All(prefixes, pair => Assert.Single(pair.Value));
        Assert.Equal(prefixes.Count, prefixes.Values.Select(list => list[0]).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Code_is_well_formed_and_says_what_to_do(string id)
    {
        var code = All.First(candidate => string.Equals(candidate.Id, id, StringComparison.Ordinal));
        Assert.Matches(IdForm(), code.Id);
        Assert.True(Enum.IsDefined(code.Exit), $"{code.Exit} is no exit code.");
        Assert.NotEqual(ExitCode.Done, code.Exit);
        Assert.EndsWith(".", code.Summary, StringComparison.Ordinal);
        Assert.EndsWith(".", code.Remedy, StringComparison.Ordinal);
        Assert.True(code.Summary.Length > 8 && code.Remedy.Length > 8, "Too short to help anyone.");
    }

    [Theory]
    [InlineData(ExitCode.Done, 0)]
    [InlineData(ExitCode.ChecksFailed, 1)]
    [InlineData(ExitCode.Usage, 64)]
    [InlineData(ExitCode.BadData, 65)]
    [InlineData(ExitCode.NotFound, 66)]
    [InlineData(ExitCode.Unavailable, 69)]
    [InlineData(ExitCode.Defect, 70)]
    [InlineData(ExitCode.StoreNotWritable, 73)]
    [InlineData(ExitCode.Busy, 75)]
    [InlineData(ExitCode.Refused, 77)]
    [InlineData(ExitCode.Configuration, 78)]
    [InlineData(ExitCode.WaitsForPerson, 79)]
    [InlineData(ExitCode.NotExecutable, 126)]
    [InlineData(ExitCode.CommandNotFound, 127)]
    [InlineData(ExitCode.Cancelled, 130)]
    public void Exit_code_has_its_documented_number(ExitCode code, int number) => Assert.Equal(number, (int)code);

    [Fact]
    public void Exit_codes_are_all_in_the_table() => Assert.Equal(15, Enum.GetValues<ExitCode>().Length);

    [GeneratedRegex(@"^[A-Z]{3}[0-9]{4}$", RegexOptions.CultureInvariant)]
    private static partial Regex IdForm();
}
