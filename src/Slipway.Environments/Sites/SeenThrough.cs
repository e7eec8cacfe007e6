using Slipway.Core.Failures;
using Slipway.Environments.Interpreters;
using Slipway.Environments.Provisioners;
using Slipway.Environments.Requests;

namespace Slipway.Environments.Sites;

/// <summary>A virtual environment that was seen through to its base cannot bring its packages along.</summary>
internal static class SeenThrough
{
    /// <summary>Why a request that wants the packages of its interpreter cannot have them; null when it can, or wants none.</summary>
    public static Failure? Refuse(EnvironmentRequest request, IProvisioner provisioner, Interpreter interpreter)
    {
        if (!request.SeesSite || !interpreter.IsSeenThrough)
        {
            return null;
        }

        var (venv, @base) = (interpreter.VirtualEnvironment!, interpreter.Executable);
        return provisioner.Installs
            ? new Failure(EnvironmentFailures.UnsupportedRequest, $"No environment can be built on the packages of the virtual environment {venv}: it would see only those of its base, {@base}.")
            {
                Hint = $"Use it as it stands, with --backend system --python {venv}/bin/python; or build on its base, with --python {@base}; or leave --system-site-packages out.",
            }
            : new Failure(EnvironmentFailures.UnsupportedRequest, $"The first fitting Python on PATH belongs to the virtual environment {venv}, which is used as it stands only when its path is given.")
            {
                Hint = $"Name it with --python {venv}/bin/python, or its base with --python {@base}.",
            };
    }
}
