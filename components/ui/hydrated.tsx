"use client";

import { useEffect } from "react";

/** Marks `<html>` once the page answers: what is clicked or typed before is lost. The browser tests wait for it. */
export function Hydrated() {
  useEffect(() => {
    document.documentElement.dataset["hydrated"] = "";
  }, []);
  return null;
}
