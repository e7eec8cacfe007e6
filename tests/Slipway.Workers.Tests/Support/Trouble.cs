using Slipway.Workers.Connections;

namespace Slipway.Workers.Tests.Support;

/// <summary>Operations that do what operations must not do.</summary>
internal static class Trouble
{
    public static WorkerModule Module { get; } = new("trouble", """
        import os, signal, subprocess, sys, threading
        from slipway_worker import BadInput, operation


        @operation("look")
        def look(call):
            with open("/proc/self/cmdline", "rb") as file:
                line = file.read().decode()
            return {"variables": dict(os.environ), "command_line": line, "arguments": sys.orig_argv if hasattr(sys, "orig_argv") else [],
                    "isolated": sys.flags.isolated, "utf8": sys.flags.utf8_mode, "stdin": sys.stdin.read(), "path": sys.path}


        @operation("chatter")
        def chatter(call):
            for _ in range(call.args["lines"]):
                print("x" * 1000)
                print("y" * 1000, file=sys.stderr)
            os.write(1, b"straight to standard output\n")
            subprocess.run(["echo", "from a child"], check=True)
            return {"done": True}


        @operation("wait")
        def wait(call):
            call.event("begun", {"pid": os.getpid()})
            while not call.cancelled:
                threading.Event().wait(0.002)
            call.check()


        @operation("hang")
        def hang(call):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = subprocess.Popen(["sleep", "1000"])
            call.event("begun", {"child": child.pid})
            print("hanging", file=sys.stderr, flush=True)
            threading.Event().wait()


        @operation("leave")
        def leave(call):
            print("leaving now", file=sys.stderr, flush=True)
            os._exit(3)


        @operation("kill")
        def kill(call):
            print("killed now", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)


        @operation("garbage")
        def garbage(call):
            print("writing garbage", file=sys.stderr, flush=True)
            os.write(call._channel._out, bytes.fromhex(call.args["bytes"]))
            threading.Event().wait()


        @operation("steps")
        def steps(call):
            for step in range(call.args["count"]):
                call.event("step", {"step": step}, {"at": bytes([step])})
            return {}


        @operation("fail")
        def fail(call):
            if call.args["how"] == "module":
                import slipway_no_such_module
            if call.args["how"] == "exit":
                sys.exit(4)
            if call.args["how"] == "input":
                raise BadInput("colour is missing")
            if call.args["how"] == "nan":
                return {"value": float("nan")}
            if call.args["how"] == "tensor":
                return {}, {"x": object()}
            raise RuntimeError("it says " + os.environ.get("TOKEN", "nothing") + " \udcff")
        """);
}
