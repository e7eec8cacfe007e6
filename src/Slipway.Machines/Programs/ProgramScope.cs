using Slipway.Core.Failures;
using Slipway.Machines.Locks;

namespace Slipway.Machines.Programs;

/// <summary>What one execution of a program holds and knows. Ends with the program, and the leases with it.</summary>
internal sealed class ProgramScope(MachineProgram program, IProgramObserver observer) : IDisposable
{
    private readonly List<Lease> _leases = [];
    private readonly List<BuildLock> _locks = [];

    public IProgramObserver Observer => observer;

    /// <summary>What is happening, for the record of a failure: the last <see cref="Step.Run"/>, else the program.</summary>
    public string Label { get; set; } = program.Title;

    /// <summary>Descriptors for the process that the program hands over to.</summary>
    public int[] InheritedLeases => [.. _leases.Where(static l => l.IsShared).Select(static l => l.Fd)];

    /// <summary>Descriptors for processes that the program starts: the leases, and the build locks that guard the step.</summary>
    public int[] InheritedByChildren => [.. InheritedLeases, .. _locks.Select(static l => l.Fd)];

    /// <summary>A build lock guards the steps from here on, until <see cref="Leave"/>.</summary>
    public void Enter(BuildLock held) => _locks.Add(held);

    /// <summary>The last build lock guards no more steps.</summary>
    public void Leave() => _locks.RemoveAt(_locks.Count - 1);

    public void Hold(Lease lease) => _leases.Add(lease);

    /// <summary>The code with this id, among those that this program can fail with.</summary>
    public FailureCode? FindCode(string id) => FindCode(program, id);

    /// <summary>The code with this id, among those that a program can fail with.</summary>
    public static FailureCode? FindCode(MachineProgram program, string id) =>
        MachinesFailures.All.Concat(CodesOf(program.Steps)).FirstOrDefault(c => string.Equals(c.Id, id, StringComparison.Ordinal));

    public void Dispose()
    {
        foreach (var lease in _leases)
        {
            lease.Dispose();
        }
    }

    private static IEnumerable<FailureCode> CodesOf(IEnumerable<Step> steps) => steps.SelectMany(static step => step switch
    {
        Step.Run run => [run.OnFailure],
        Step.WithBuildLock guarded => CodesOf(guarded.Body),
        _ => Enumerable.Empty<FailureCode>(),
    });
}
