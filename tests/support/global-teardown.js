const tearDown = async () => {
  await globalThis.testStack?.stop();
  globalThis.testStack = undefined;
};

export default tearDown;
